import CoreGRPC
import Foundation
import JobClient
import JobMessages
import ProtobufWire
import TestSupport
import XCTest

/// The network loses replies between the built program and the built server.
final class LostReplyTests: DurabilityTestCase {
  /// Runs the program as a client of the server behind a proxy, and returns what it printed.
  private func run(_ arguments: [String], port: Int) async throws -> (status: Int32, text: String) {
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: tests).deletingLastPathComponent()
      .appendingPathComponent("datasphere-jobs")
    process.arguments = arguments + ["--address", "127.0.0.1:\(port)"]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let data = try await onThread { try output.fileHandleForReading.readToEnd() ?? Data() }
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
  }

  private func withServer(
    _ body: (ProjectJobClient, _ port: Int) async throws -> Void
  ) async throws {
    let server = try ServerProcess(data: folder + "/data", log: log)
    let client = try await server.serving()
    try await body(client, try XCTUnwrap(server.port))
    await client.channel.close()
    await server.stop()
  }

  private func jobs(_ client: ProjectJobClient) async throws -> [Job] {
    try await client.jobs(.with { $0.projectID = "p" }).jobs
  }

  private static let create = [
    "create", "--project-id", "p", "--cmd", "true", "--name", "made",
  ]

  func testEachCommandIsDoneOnce() async {
    await withSeed {
      try await withServer { client, port in
        func lossy(_ arguments: [String]) async throws {
          let proxy = try ReplyLosingProxy(server: port, losing: 2)
          defer { proxy.stop() }
          let (status, text) = try await run(arguments, port: proxy.port)
          XCTAssertEqual(status, 0, "\(arguments): \(text)")
          XCTAssertEqual(proxy.lostReplies, 2, "\(arguments)")
        }
        try await lossy(Self.create)
        let made = try await jobs(client)
        XCTAssertEqual(made.map(\.name), ["made"])
        try await lossy(["clone", made[0].id, "--name", "cloned"])
        let both = try await jobs(client)
        XCTAssertEqual(both.map(\.name), ["cloned", "made"])
        try await lossy(["delete", made[0].id])
        let left = try await jobs(client)
        XCTAssertEqual(left.map(\.name), ["cloned"])
      }
    }
  }

  /// A command that gives up says how it is repeated, and then is done once.
  func testACommandThatGivesUpCanBeRepeated() async {
    await withSeed {
      try await withServer { client, port in
        let proxy = try ReplyLosingProxy(server: port, losing: 99)
        defer { proxy.stop() }
        let (status, text) = try await run(Self.create, port: proxy.port)
        XCTAssertEqual(status, 1, text)
        let words = text.split { $0.isWhitespace }
        let flag = try XCTUnwrap(words.firstIndex(of: "--idempotency-key"), text)
        let key = String(words[flag + 1])
        let (again, answer) = try await run(
          Self.create + ["--idempotency-key", key], port: port)
        XCTAssertEqual(again, 0, answer)
        let made = try await jobs(client)
        XCTAssertEqual(made.count, 1)
        XCTAssertTrue(answer.contains(made[0].id), answer)
        // A server that is gone at the next attempt does not tell that the first one failed.
        let gone = try ReplyLosingProxy(server: port, losing: 1, stopsAfterwards: true)
        let (_, last) = try await run(Self.create, port: gone.port)
        XCTAssertTrue(last.contains("--idempotency-key"), last)
        let both = try await jobs(client)
        XCTAssertEqual(both.count, 2)
        // Where nobody listens nothing can have been done.
        proxy.stop()
        let (refused, plain) = try await run(Self.create, port: 1)
        XCTAssertEqual(refused, 1)
        XCTAssertFalse(plain.contains("--idempotency-key"), plain)
      }
    }
  }
}
