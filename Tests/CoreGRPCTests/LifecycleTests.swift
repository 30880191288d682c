import CoreGRPC
import XCTest

final class LifecycleTests: XCTestCase {
  func testDrainingFinishesWhatIsUnderWayAndRefusesTheRest() async throws {
    let began = Gate()
    let proceed = Gate()
    let service = TestService(
      .unary("/test.Wait/Wait") { _, _ -> [UInt8] in
        began.open()
        await proceed.wait()
        return Task.isCancelled ? [0] : [1]
      })
    try await withServer([service], over: .tcp) { server, channel in
      async let reply = channel.unary("/test.Wait/Wait", [UInt8]())
      await began.wait()
      server.stop()
      let refused = await failure {
        // Whether the stop has taken effect yet is a race: ask until it has.
        while true { _ = try await channel.unary("/test.Other/Other", [UInt8]()) }
      }
      XCTAssertTrue([.unavailable, .unimplemented, .cancelled].contains(refused?.code))
      proceed.open()
      let message = try await reply.message
      XCTAssertEqual(message, [1])
    }
  }

  /// Core forgets a call that arrives just as it stops to match calls with requests for them; it
  /// would keep its caller, and the server, waiting until the grace is over.
  func testNoCallIsForgottenThatArrivesAsTheServerStops() async throws {
    for _ in 0..<200 {
      let began = Gate()
      let called = Gate()
      let proceed = Gate()
      let service = TestService(
        .unary("/test.Wait/Wait") { _, _ -> [UInt8] in
          began.open()
          await proceed.wait()
          return [1]
        },
        .unary("/test.Echo/Echo") { request, _ in
          called.open()
          return request
        })
      try await withServer([service], over: .tcp) { server, channel in
        async let underWay = channel.unary("/test.Wait/Wait", [UInt8]())
        await began.wait()
        await withTaskGroup(of: Void.self) { callers in
          for _ in 0..<8 {
            callers.addTask {
              let error = await failure {
                while true { _ = try await channel.unary("/test.Echo/Echo", [UInt8]()) }
              }
              // Nothing of it was begun: the caller may try elsewhere.
              XCTAssertEqual(error?.code, .unavailable, error?.message ?? "")
            }
          }
          await called.wait()
          server.stop()
        }
        proceed.open()
        let message = try await underWay.message
        XCTAssertEqual(message, [1])
      }
    }
  }

  func testAfterTheGracePeriodCallsAreCancelled() async throws {
    let began = Gate()
    let service = TestService(
      .unary("/test.Wait/Wait") { _, _ -> [UInt8] in
        began.open()
        await Gate().wait()
        throw CancellationError()
      })
    var configuration = ServerConfiguration()
    configuration.shutdownGrace = .milliseconds(50)
    try await withServer([service], over: .tcp, configuration: configuration) { server, channel in
      let call = Task { try await channel.unary("/test.Wait/Wait", [UInt8]()) }
      await began.wait()
      server.stop()
      let error = await failure { try await call.value }
      XCTAssertTrue(
        [.cancelled, .unavailable].contains(error?.code), "\(String(describing: error))")
    }
  }

  func testCancellingRunStopsTheServer() async throws {
    let server = try GRPCServer(address: "127.0.0.1:0", services: [TestService.echo])
    let serving = Task { try await server.run() }
    _ = await server.waitUntilStarted()
    serving.cancel()
    try await serving.value
  }

  func testAServerRunsOnce() async throws {
    let server = try GRPCServer(address: nil, services: [TestService.echo])
    server.stop()
    try await server.run()
    do {
      try await server.run()
      XCTFail("ran twice")
    } catch {
      XCTAssertEqual(error.code, .invalidState)
    }
  }

  func testAPortInUseIsOneClearError() async throws {
    let first = try GRPCServer(address: "127.0.0.1:0", services: [TestService.echo])
    let serving = Task { try await first.run() }
    let started = await first.waitUntilStarted()
    let port = try XCTUnwrap(started)
    let second = try GRPCServer(address: "127.0.0.1:\(port)", services: [TestService.echo])
    do {
      try await second.run()
      XCTFail("bound twice")
    } catch {
      XCTAssertEqual(error.code, .bindFailed)
      XCTAssertEqual(
        error.message, "Cannot listen on 127.0.0.1:\(port): Address already in use.")
    }
    first.stop()
    try await serving.value
  }

  func testTheSamePortCanBeBoundAtOnceAfterAStop() async throws {
    var port = 0
    for _ in 0..<5 {
      let server = try GRPCServer(address: "127.0.0.1:\(port)", services: [TestService.echo])
      let serving = Task { try await server.run() }
      let started = await server.waitUntilStarted()
      port = try XCTUnwrap(started)
      let channel = try GRPCChannel(plaintextTarget: "127.0.0.1:\(port)")
      _ = try await channel.unary("/test.Echo/Echo", [1])
      server.stop()
      try await serving.value
      await channel.close()
    }
  }

  func testBadAddressesAndOptionsAreClearErrors() async throws {
    for address in ["", "nonsense", ":1", "127.0.0.1:99999", "127.0.0.1:x"] {
      XCTAssertThrowsError(try GRPCServer(address: address, services: []), address)
    }
    var configuration = ServerConfiguration()
    configuration.queues = 0
    XCTAssertThrowsError(
      try GRPCServer(address: nil, services: [], configuration: configuration))
    XCTAssertThrowsError(
      try GRPCServer(address: nil, services: [TestService.echo, TestService.echo]))
    let server = try GRPCServer(address: "unix:/nonexistent/x.sock", services: [])
    do {
      try await server.run()
      XCTFail("bound")
    } catch {
      XCTAssertEqual(error.code, .bindFailed)
      XCTAssertTrue(error.message.contains("No such file or directory"), error.message)
    }
  }

  func testTwoServersOfOneProcessDoNotMeet() async throws {
    let second = TestService(.unary("/test.Echo/Echo") { _, _ in [2] })
    try await withServer([TestService.echo], over: .tcp) { _, channel in
      try await withServer([second], over: .tcp) { _, other in
        let reply = try await channel.unary("/test.Echo/Echo", [1])
        XCTAssertEqual(reply.message, [1])
        let otherReply = try await other.unary("/test.Echo/Echo", [1])
        XCTAssertEqual(otherReply.message, [2])
      }
      let reply = try await channel.unary("/test.Echo/Echo", [3])
      XCTAssertEqual(reply.message, [3])
    }
  }

  func testAClosedChannelRefusesCalls() async throws {
    try await withServer([TestService.echo]) { _, channel in
      await channel.close()
      let error = await failure { try await channel.unary("/test.Echo/Echo", [1]) }
      XCTAssertEqual(error?.code, .unavailable, error?.message ?? "")
    }
  }
}
