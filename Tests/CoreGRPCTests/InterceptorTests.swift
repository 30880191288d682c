import CoreGRPC
import XCTest

final class InterceptorTests: XCTestCase {
  private func tagging(_ tag: String) -> ServerInterceptor {
    ServerInterceptor { context, next in
      context.initialMetadata.add(tag, forKey: "x-tag")
      try await next()
    }
  }

  func testInterceptorsNestInOrder() async throws {
    try await withServer([TestService.echo], interceptors: [tagging("outer"), tagging("inner")]) {
      _, channel in
      let reply = try await channel.unary("/test.Echo/Echo", [UInt8]())
      XCTAssertEqual(reply.initialMetadata.values(forKey: "x-tag"), ["outer", "inner"])
    }
  }

  func testTheySeeUnknownMethodsAndTooLargeRequests() async throws {
    var configuration = ServerConfiguration()
    configuration.maximumRequestSize = 10
    try await withServer(
      [TestService.echo], over: .tcp, interceptors: [tagging("seen")],
      configuration: configuration
    ) { _, channel in
      let unknown = await failure { try await channel.unary("/test.Echo/Other", [UInt8]()) }
      XCTAssertEqual(unknown?.initialMetadata["x-tag"], "seen")
    }
  }

  func testAConditionChoosesTheCalls() async throws {
    let tagged = tagging("seen").applied { $0.hasSuffix("/Other") }
    try await withServer([TestService.echo], interceptors: [tagged]) { _, channel in
      let reply = try await channel.unary("/test.Echo/Echo", [UInt8]())
      XCTAssertNil(reply.initialMetadata["x-tag"])
      let other = await failure { try await channel.unary("/test.Echo/Other", [UInt8]()) }
      XCTAssertEqual(other?.initialMetadata["x-tag"], "seen")
    }
  }

  func testOnlyThoseThatAskForItSeeRefusedCalls() async throws {
    var configuration = ServerConfiguration()
    configuration.maximumConcurrentCalls = 1
    let watching = ServerInterceptor(seesRefusedCalls: true) { context, next in
      context.initialMetadata.add(context.isRefused ? "refused" : "served", forKey: "x-tag")
      try await next()
    }
    let began = Gate()
    let end = Gate()
    let waiting = TestService(
      .unary("/test.Wait/Wait") { _, _ -> [UInt8] in
        began.open()
        await end.wait()
        return []
      })
    try await withServer(
      [TestService.echo, waiting], over: .tcp, interceptors: [tagging("working"), watching],
      configuration: configuration
    ) { _, channel in
      async let first = channel.unary("/test.Wait/Wait", [UInt8]())
      await began.wait()
      for path in ["/test.Echo/Echo", "/test.Echo/Other"] {
        let error = await failure { try await channel.unary(path, [UInt8]()) }
        XCTAssertEqual(error?.code, .resourceExhausted)
        XCTAssertEqual(error?.initialMetadata.values(forKey: "x-tag"), ["refused"])
      }
      end.open()
      let reply = try await first
      XCTAssertEqual(reply.initialMetadata.values(forKey: "x-tag"), ["working", "served"])
    }
  }

  func testAnInterceptorCanRefuse() async throws {
    let refusing = ServerInterceptor { _, _ in throw RPCError(.unauthenticated, "who are you") }
    try await withServer([TestService.echo], interceptors: [refusing]) { _, channel in
      let error = await failure { try await channel.unary("/test.Echo/Echo", [UInt8]()) }
      XCTAssertEqual(error?.code, .unauthenticated)
    }
  }

  func testAnInterceptorThatCallsNothingIsAnInternalError() async throws {
    let silent = ServerInterceptor { _, _ in }
    try await withServer([TestService.echo], interceptors: [silent]) { _, channel in
      let error = await failure { try await channel.unary("/test.Echo/Echo", [UInt8]()) }
      XCTAssertEqual(error?.code, .internalError)
    }
  }
}
