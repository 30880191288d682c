import CoreGRPC
import Foundation
import JobClient
import JobMessages
import ProtobufWire
import TestSupport
import XCTest

/// The built server, a well-behaved caller of it, and what an attack cost.
final class AttackedServer: Sendable {
  /// What is known when an attack is over.
  struct Cost: Sendable {
    /// The most memory that the server used beyond what it used at rest, in bytes.
    let memory: Int
    /// The longest that the well-behaved caller waited for an answer.
    let slowest: Duration
    /// How many answers it got.
    let answers: Int
  }

  static let project = "attacked"

  let client: ProjectJobClient
  let port: Int
  let folder: String
  private let process: ServerProcess
  private let memoryAtRest: Int

  /// Starts a server in a folder of its own, with default settings but for the arguments.
  init(_ arguments: [String] = [], authority: String? = nil) async throws {
    folder = NSTemporaryDirectory() + "AttackTests-" + UUID().uuidString
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700])
    process = try ServerProcess(
      data: folder + "/data", log: folder + "/server.log", arguments: arguments)
    let address = try await process.servingAddress()
    port = try XCTUnwrap(address.split(separator: ":").last.flatMap { Int($0) })
    client = ProjectJobClient(
      channel: try GRPCChannel(
        target: "localhost:\(port)",
        security: authority.map { .tls(authorities: $0) } ?? .plaintext),
      timeout: .seconds(5))
    _ = try await client.jobs(.with { $0.projectID = Self.project })
    memoryAtRest = try process.memory("VmRSS")
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// Lists jobs every 100 ms while the attack runs; a call that takes five seconds fails the test.
  ///
  /// The server has to be alive afterwards, and ends in good order.
  func cost(
    file: StaticString = #filePath, line: UInt = #line,
    of attack: @escaping @Sendable (AttackedServer) async throws -> Void
  ) async throws -> Cost {
    let calling = Task { try await self.callUntilCancelled() }
    do {
      try await attack(self)
      // One more second, for what the server has taken and not worked on yet.
      try await Task.sleep(for: .seconds(1))
    } catch {
      calling.cancel()
      throw error
    }
    calling.cancel()
    let (slowest, answers) = try await calling.value
    let memory = try process.memory("VmHWM") - memoryAtRest
    await client.channel.close()
    await process.stop(file: file, line: line)
    return Cost(memory: memory, slowest: slowest, answers: answers)
  }

  private func callUntilCancelled() async throws -> (Duration, Int) {
    var slowest = Duration.zero
    var answers = 0
    while !Task.isCancelled {
      let begin = ContinuousClock.now
      // A call of its own task: the cancellation of this one must not end it.
      try await Task { [client] in
        _ = try await client.jobs(.with { $0.projectID = Self.project })
      }.value
      slowest = max(slowest, .now - begin)
      answers += 1
      try? await Task.sleep(for: .milliseconds(100))
    }
    return (slowest, answers)
  }

  /// What the server has written to its log so far, in bytes.
  var logSize: Int {
    get throws {
      let attributes = try FileManager.default.attributesOfItem(atPath: folder + "/server.log")
      return try XCTUnwrap(attributes[.size] as? Int)
    }
  }
}
