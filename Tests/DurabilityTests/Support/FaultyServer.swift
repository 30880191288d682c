import CoreGRPC
import Foundation
import JobClient
import JobMessages
import ProtobufWire
import TestSupport
import XCTest

/// A server on a disk that fails when the test says so, with clients that use it.
struct FaultyServer {
  let disk: FaultyDisk
  let client: ProjectJobClient
  let ledger: Ledger
  private let server: ServerProcess
  private let inspection: Inspection
  private let root: String
  private let log: String

  /// Starts a server below a folder.
  init(folder: String, log: String, seed: UInt64) async throws {
    self.log = log
    root = folder + "/root"
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    disk = try FaultyDisk(
      root: root, library: try FaultyDisk.compileLibrary(into: folder), folder: folder + "/disk")
    server = try ServerProcess(data: root + "/data", log: log, disk: disk)
    client = try await server.serving()
    ledger = Ledger(seed: seed)
    inspection = Inspection(ledger: ledger)
    await ledger.begin(project: "project")
  }

  var contents: String { root + "/data/contents" }

  /// Lets clients work, then the disk fail, then be whole again; returns every refusal.
  ///
  /// The clients are refused at least 30 times, and do at least 60 things before and after.
  func failUnderTraffic(writes: Int32? = nil, syncs: Int32? = nil) async throws
    -> [Traffic.Refusal]
  {
    let refusals = Refusals()
    let ledger = ledger
    let traffic = Traffic(client: client, ledger: ledger) { refusal in
      if Task.isCancelled { return false }
      await refusals.add(refusal)
      return true
    }
    let running = Task { try await traffic.run(clients: 4) }
    await ledger.passes(60)
    try disk.fail(writes: writes, syncs: syncs)
    await refusals.reach(30)
    try disk.fail()
    let before = await ledger.made.count
    while server.isRunning, await ledger.made.count < before + 30 { await ledger.passes(10) }
    XCTAssertTrue(server.isRunning, "the server died\n\(server.logTail)")
    running.cancel()
    do { try await running.value } catch is CancellationError {}
    return await refusals.all
  }

  /// Checks that everything answered is there: now, and after the power is cut.
  func inspectAndCutPower() async throws {
    try await inspection.run(client, dataDirectory: root + "/data")
    await client.channel.close()
    await server.kill()
    let survived = root + "-survived"
    try disk.restore(to: survived)
    let revived = try ServerProcess(data: survived + "/data", log: log)
    let client = try await revived.serving()
    try await inspection.run(client, dataDirectory: survived + "/data")
    await client.channel.close()
    await revived.stop()
  }

  /// Checks that everything answered is there, and that the server ends in good order.
  func inspectAndStop() async throws {
    try await inspection.run(client, dataDirectory: root + "/data")
    await client.channel.close()
    await server.stop()
  }
}

/// What clients were refused.
private actor Refusals {
  private(set) var all: [Traffic.Refusal] = []
  private var waiting: (count: Int, reached: CheckedContinuation<Void, Never>)?

  func add(_ refusal: Traffic.Refusal) {
    all.append(refusal)
    guard let waiting, all.count >= waiting.count else { return }
    self.waiting = nil
    waiting.reached.resume()
  }

  /// Returns when there are so many.
  func reach(_ count: Int) async {
    if all.count >= count { return }
    await withCheckedContinuation { waiting = (count, $0) }
  }
}
