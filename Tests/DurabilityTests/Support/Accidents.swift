import CoreGRPC
import Foundation
import JobClient
import TestSupport
import XCTest

/// A server that has one accident after another while clients use it.
struct Accidents {
  enum Kind {
    /// The process is killed; what it wrote is there.
    case kill
    /// The power is cut; only what was synchronised is there.
    case powerCut
  }

  let kind: Kind
  let folder: String
  let log: String
  let library: String
  private(set) var random: SeededGenerator
  private let ledger: Ledger
  private let inspection: Inspection
  private var root: String
  private var disk: FaultyDisk?
  private var disks = 0
  private var crashes = 0

  init(_ kind: Kind, folder: String, log: String, seed: UInt64) throws {
    self.kind = kind
    self.folder = folder
    self.log = log
    library = try FaultyDisk.compileLibrary(into: folder)
    random = SeededGenerator(seed: seed)
    ledger = Ledger(seed: random.next())
    inspection = Inspection(ledger: ledger)
    root = folder + "/root-0"
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    if kind == .powerCut { try mountDisk() }
  }

  /// Has so many accidents, and checks after each, and once more after a shutdown in good order.
  mutating func run(_ count: Int) async throws {
    for number in 0..<count {
      if random.chance(25) { try await crashWhileStarting() }
      let server = try start()
      let client = try await server.serving()
      try await inspection.run(client, dataDirectory: data)
      await ledger.begin(project: "project-\(number)")
      try await crashUnderTraffic(server, client)
      await client.channel.close()
    }
    let server = try start()
    let client = try await server.serving()
    try await inspection.run(client, dataDirectory: data)
    await client.channel.close()
    await server.stop()
    let made = await ledger.made.count
    XCTAssertGreaterThan(made, 10 * count, "hardly anything happened")
    let stored = await ledger.stored.count
    XCTAssertGreaterThan(stored, count, "hardly anything was uploaded")
    print("\(kind): \(crashes) accidents, \(made) answered calls and \(stored) uploads checked")
  }

  private var data: String { root + "/data" }

  private func start() throws -> ServerProcess {
    try ServerProcess(data: data, log: log, disk: disk)
  }

  /// Kills the server somewhere between its first instruction and its first call.
  private mutating func crashWhileStarting() async throws {
    let server = try start()
    try await Task.sleep(for: .milliseconds(random.number(400)))
    try await crash(server)
  }

  private mutating func crashUnderTraffic(
    _ server: ServerProcess, _ client: ProjectJobClient
  ) async throws {
    let traffic = Traffic(client: client, ledger: ledger) { refusal in
      switch refusal {
      // The server is gone.
      case .call(let error) where error.code == .unavailable: return false
      case .upload(nil): return false
      case .call(let error): throw error
      case .upload(let status): throw Discrepancy("an upload was answered with \(status ?? 0)")
      }
    }
    let events = 40 + random.number(500)
    let ledger = ledger
    let running = Task {
      defer { Task { await ledger.end() } }
      try await traffic.run(clients: 6)
    }
    await ledger.passes(events)
    XCTAssertTrue(server.isRunning, "the server died by itself\n\(server.logTail)")
    try await crash(server)
    try await running.value
  }

  private mutating func crash(_ server: ServerProcess) async throws {
    await server.kill()
    crashes += 1
    guard kind == .powerCut else { return }
    disks += 1
    let survived = "\(folder)/root-\(disks)"
    try disk?.restore(to: survived)
    try FileManager.default.removeItem(atPath: root)
    root = survived
    try mountDisk()
  }

  private mutating func mountDisk() throws {
    disk = try FaultyDisk(root: root, library: library, folder: "\(folder)/disk-\(disks)")
  }
}
