import CoreGRPC
import XCTest

/// How large messages may be, in either direction.
final class MessageLimitTests: XCTestCase {
  private let sized = TestService(
    .unary("/test.Sized/Unary") { request, _ in
      [UInt8](repeating: 0, count: Int(String(decoding: request, as: UTF8.self)) ?? 0)
    },
    .bidirectionalStreaming("/test.Sized/Stream") { requests, replies, _ in
      for try await request in requests {
        let size = Int(String(decoding: request, as: UTF8.self)) ?? 0
        try await replies.write([UInt8](repeating: 0, count: size))
      }
    },
    .clientStreaming("/test.Sized/Upload") { requests, _ in
      var size = 0
      for try await request in requests {
        size = Int(String(decoding: request, as: UTF8.self)) ?? 0
      }
      return [UInt8](repeating: 0, count: size)
    })

  func testATooLargeReplyFailsItsCallAlone() async throws {
    var configuration = ServerConfiguration()
    configuration.maximumReplySize = 1000
    for transport in Transport.allCases {
      let log = LogRecorder()
      try await withServer(
        [sized], over: transport, configuration: configuration, logger: log.logger
      ) { _, channel in
        for _ in 0..<3 {
          let error = await failure {
            try await channel.unary("/test.Sized/Unary", Array("1001".utf8))
          }
          XCTAssertEqual(error?.code, .resourceExhausted)
          XCTAssertEqual(error?.message, "The reply takes 1001 bytes, and the limit is 1000.")
        }
        let reply = try await channel.unary("/test.Sized/Unary", Array("1000".utf8))
        XCTAssertEqual(reply.message.count, 1000)
        for path in ["/test.Sized/Stream", "/test.Sized/Upload"] {
          let stream = try await channel.stream(path)
          try await stream.send(Array("1001".utf8))
          try? await stream.finishSending()
          let error = await failure { try await stream.receive() }
          XCTAssertEqual(error?.code, .resourceExhausted)
        }
        // Once for all of them: peers must not fill the log.
        XCTAssertEqual(log.lines(with: "maximumReplySize").count, 1)
      }
    }
  }

  func testTheDefaultIsWhatClientsTake() async throws {
    try await withServer([sized], over: .tcp) { _, channel in
      let limit = 4 << 20
      let reply = try await channel.unary("/test.Sized/Unary", Array("\(limit)".utf8))
      XCTAssertEqual(reply.message.count, limit)
      let error = await failure {
        try await channel.unary("/test.Sized/Unary", Array("\(limit + 1)".utf8))
      }
      XCTAssertEqual(error?.code, .resourceExhausted)
    }
  }

  func testATooLargeRequestIsRefused() async throws {
    var configuration = ServerConfiguration()
    configuration.maximumRequestSize = 1000
    try await withServer([sized], over: .tcp, configuration: configuration) { _, channel in
      let error = await failure {
        try await channel.unary("/test.Sized/Unary", [UInt8](repeating: 48, count: 1001))
      }
      XCTAssertEqual(error?.code, .resourceExhausted)
      let reply = try await channel.unary(
        "/test.Sized/Unary", [UInt8](repeating: 48, count: 1000))
      XCTAssertEqual(reply.message, [])
    }
  }

  func testALimitOfZeroIsAClearError() {
    var configuration = ServerConfiguration()
    configuration.maximumReplySize = 0
    XCTAssertThrowsError(
      try GRPCServer(address: nil, services: [], configuration: configuration))
  }
}
