import CoreGRPC
import JobClient
import JobMessages
import JobService
import JobServiceTesting
import Logging
import ProtobufWire
import XCTest

final class HealthTests: XCTestCase {
  private typealias Status = HealthCheckResponse.ServingStatus

  private func check(_ service: String, _ channel: GRPCChannel) async throws -> Status {
    let request = HealthCheckRequest.with { $0.service = service }
    let reply = try await channel.unary("/grpc.health.v1.Health/Check", request.serializedBytes())
    return try HealthCheckResponse(serializedBytes: reply.message).status
  }

  private func watch(_ service: String, _ channel: GRPCChannel) async throws -> ClientStream {
    let stream = try await channel.stream("/grpc.health.v1.Health/Watch")
    try await stream.send(HealthCheckRequest.with { $0.service = service }.serializedBytes())
    try await stream.finishSending()
    return stream
  }

  private func next(_ stream: ClientStream) async throws -> Status? {
    guard let bytes = try await stream.receive() else { return nil }
    return try HealthCheckResponse(serializedBytes: bytes).status
  }

  func testCheckTellsWhatTheRegistrySays() async throws {
    let registry = HealthRegistry(services: ["a.B"])
    try await withInProcessServer(HealthService(registry: registry)) { client in
      let atFirst = try await check("a.B", client.channel)
      XCTAssertEqual(atFirst, .serving)
      registry.set(.notServing, for: "a.B")
      let later = try await check("a.B", client.channel)
      XCTAssertEqual(later, .notServing)
      let whole = try await check("", client.channel)
      XCTAssertEqual(whole, .serving, "the server as a whole has a status of its own")
      registry.set(nil, for: "a.B")
      let error = await failure { try await check("a.B", client.channel) }
      XCTAssertEqual(error?.code, .notFound)
      XCTAssertNil(registry.status(of: "a.B"))
    }
  }

  func testAWatchEndsAfterItsTimeSoThatClientsComeAgain() async throws {
    let registry = HealthRegistry(services: [])
    let service = HealthService(registry: registry, watchTime: .milliseconds(50))
    try await withInProcessServer(service) { client in
      let stream = try await watch("", client.channel)
      let first = try await next(stream)
      XCTAssertEqual(first, .serving)
      let error = await failure { try await next(stream) }
      XCTAssertEqual(error?.code, .unavailable)
      XCTAssertEqual(registry.status(of: ""), .serving)
    }
  }

  func testChecksAreAnsweredWhileTooManyWatch() async throws {
    let registry = HealthRegistry(services: [])
    try await withInProcessServer(HealthService(registry: registry)) { client in
      var streams: [ClientStream] = []
      for _ in 0..<HealthService.maximumWatchers {
        let stream = try await watch("", client.channel)
        let first = try await next(stream)
        XCTAssertEqual(first, .serving)
        streams.append(stream)
      }
      let tooMany = try await watch("", client.channel)
      let error = await failure { try await next(tooMany) }
      XCTAssertEqual(error?.code, .resourceExhausted)
      let status = try await check("", client.channel)
      XCTAssertEqual(status, .serving)
      for stream in streams { stream.cancel() }
    }
  }

  func testWatchTellsTheStatusAndEachChange() async throws {
    let registry = HealthRegistry(services: ["a.B"])
    try await withInProcessServer(HealthService(registry: registry)) { client in
      let stream = try await watch("a.B", client.channel)
      let first = try await next(stream)
      XCTAssertEqual(first, .serving)
      registry.set(.serving, for: "a.B")
      registry.set(.notServing, for: "other")
      registry.set(.notServing, for: "a.B")
      let second = try await next(stream)
      XCTAssertEqual(second, .notServing, "neither an equal status nor another's is told")
      registry.set(nil, for: "a.B")
      let third = try await next(stream)
      XCTAssertEqual(third, .serviceUnknown)
      stream.cancel()
    }
  }

  func testWatchOfAnUnknownServiceHearsWhenItIsKnown() async throws {
    let registry = HealthRegistry(services: [])
    try await withInProcessServer(HealthService(registry: registry)) { client in
      let stream = try await watch("a.B", client.channel)
      let first = try await next(stream)
      XCTAssertEqual(first, .serviceUnknown)
      registry.set(.serving, for: "a.B")
      let second = try await next(stream)
      XCTAssertEqual(second, .serving)
      stream.cancel()
    }
  }

  /// The grace period is longer than any test may take: a watcher must not hold the server up.
  func testAStoppingServerTellsWatchersAndDoesNotWaitForThem() async throws {
    var configuration = ServerConfiguration()
    configuration.shutdownGrace = .seconds(3600)
    let health = HealthService(services: ["a.B"])
    let server = try GRPCServer(
      address: "127.0.0.1:0", services: [health], configuration: configuration,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let serving = Task { try await server.run() }
    let port = await server.waitUntilStarted()
    let channel = try GRPCChannel(plaintextTarget: "127.0.0.1:\(XCTUnwrap(port))")
    let known = try await watch("a.B", channel)
    let unknown = try await watch("nobody", channel)
    let before = [try await next(known), try await next(unknown)]
    XCTAssertEqual(before, [.serving, .serviceUnknown])
    server.stop()
    let after = try await next(known)
    XCTAssertEqual(after, .notServing)
    for stream in [known, unknown] {
      let error = await failure { try await next(stream) }
      XCTAssertEqual(error?.code, .unavailable)
    }
    try await serving.value
    XCTAssertEqual(health.registry.status(of: "a.B"), .notServing)
    health.registry.set(.serving, for: "a.B")
    XCTAssertEqual(health.registry.status(of: "a.B"), .notServing)
    await channel.close()
  }
}
