import TestSupport
import XCTest

@testable import CoreGRPC

/// What an operator learns of peers that run into limits.
final class LimitLogTests: XCTestCase {
  func testOneLineInTenSecondsForEachLimit() {
    let log = LogRecorder()
    let limits = LimitLog(logger: log.logger)
    let begin = ContinuousClock.now
    for milliseconds in 0..<1000 {
      limits.report(.metadataSize, peer: "a", now: begin + .milliseconds(9 * milliseconds))
    }
    limits.report(.replySize, peer: "b", now: begin)
    XCTAssertEqual(log.lines(with: "maximumMetadataSize").count, 1)
    XCTAssertEqual(log.lines(with: "maximumReplySize").count, 1)
    // The next line says how often it went unsaid.
    limits.report(.metadataSize, peer: "a", now: begin + .seconds(10))
    XCTAssertEqual(log.lines(with: "maximumMetadataSize").count, 2)
    XCTAssertEqual(log.lines(with: "999").count, 1)
    limits.report(.metadataSize, peer: "a", now: begin + .seconds(20))
    XCTAssertEqual(log.lines(with: "maximumMetadataSize").count, 3)
  }

  func testRefusedCallsAreLogged() async throws {
    let log = LogRecorder()
    let gate = Gate()
    let service = TestService(
      .unary("/test.Wait/Wait") { _, _ -> [UInt8] in
        await gate.wait()
        return []
      })
    var configuration = ServerConfiguration()
    configuration.maximumConcurrentStreams = 2
    configuration.maximumConcurrentCalls = 6
    // Calls are counted in the order in which they were sent.
    configuration.threadsPerQueue = 1
    try await withServer(
      [service], over: .tcp, configuration: configuration, logger: log.logger
    ) { server, _ in
      let started = await server.waitUntilStarted()
      let port = try XCTUnwrap(started)
      func peer() throws -> RawPeer {
        let peer = try RawPeer(port: port)
        peer.send(HTTP2Frame.greeting)
        return peer
      }
      let large = try peer()
      let metadata = [("x-large", String(repeating: "m", count: 70_000))]
      large.send(HTTP2Frame.call(stream: 1, path: "/test.Wait/Wait", metadata: metadata, []))
      XCTAssertEqual(large.frame(.headers, stream: 1)?.endsCall(with: 8), true)
      XCTAssertEqual(log.lines(with: "maximumMetadataSize").count, 1)
      let many = try peer()
      for call in 0..<5 {
        many.send(HTTP2Frame.call(stream: 2 * call + 1, path: "/test.Wait/Wait", []))
      }
      XCTAssertEqual(many.frame(.headers, stream: 9)?.endsCall(with: 8), true)
      XCTAssertEqual(log.lines(with: "maximumConcurrentStreams").count, 1)
      let more = try peer()
      for call in 0..<3 {
        more.send(HTTP2Frame.call(stream: 2 * call + 1, path: "/test.Wait/Wait", []))
      }
      XCTAssertEqual(more.frame(.headers, stream: 5)?.endsCall(with: 8), true)
      XCTAssertEqual(log.lines(with: "maximumConcurrentCalls").count, 1)
      gate.open()
    }
  }
}
