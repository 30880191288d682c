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
