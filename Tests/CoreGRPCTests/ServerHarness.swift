import CoreGRPC
import Logging
import XCTest

/// A service made of closures.
struct TestService: GRPCService {
  var methods: [RPCMethod]

  init(_ methods: RPCMethod...) { self.methods = methods }

  /// Answers with the request.
  static let echo = TestService(.unary("/test.Echo/Echo") { request, _ in request })
}

/// How a test reaches its server.
enum Transport: CaseIterable {
  case inProcess, tcp, unixSocket
}

/// Runs a server and a channel to it around `body`, and checks that both end.
func withServer<Result: Sendable>(
  _ services: [any GRPCService], over transport: Transport = .inProcess,
  interceptors: [ServerInterceptor] = [], configuration: ServerConfiguration = .init(),
  logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
  _ body: (GRPCServer, GRPCChannel) async throws -> Result
) async throws -> Result {
  let socket = "/tmp/grpc-test-\(UInt64.random(in: 0 ... .max)).sock"
  let address: String? =
    switch transport {
    case .inProcess: nil
    case .tcp: "127.0.0.1:0"
    case .unixSocket: "unix:\(socket)"
    }
  let server = try GRPCServer(
    address: address, interceptors: interceptors, services: services,
    configuration: configuration, logger: logger)
  let serving = Task { try await server.run() }
  let port = await server.waitUntilStarted()
  let channel: GRPCChannel
  switch transport {
  case .inProcess: channel = try .inProcess(to: server)
  case .tcp: channel = try GRPCChannel(plaintextTarget: "127.0.0.1:\(try XCTUnwrap(port))")
  case .unixSocket: channel = try GRPCChannel(plaintextTarget: "unix:\(socket)")
  }
  do {
    let result = try await body(server, channel)
    await channel.close()
    server.stop()
    try await serving.value
    return result
  } catch {
    await channel.close()
    server.stop()
    try? await serving.value
    throw error
  }
}

/// The error that a call fails with; fails the test when it succeeds.
func failure<Result>(
  file: StaticString = #filePath, line: UInt = #line, of call: () async throws -> Result
) async -> RPCError? {
  do {
    _ = try await call()
    XCTFail("the call succeeded", file: file, line: line)
    return nil
  } catch let error as RPCError {
    return error
  } catch {
    XCTFail("\(error)", file: file, line: line)
    return nil
  }
}

/// A gate that tests open, and that handlers wait at; cancellation opens it for the waiting task.
final class Gate: Sendable {
  private let stream: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation

  init() { (stream, continuation) = AsyncStream.makeStream() }

  func open() { continuation.finish() }

  /// Returns when the gate is open or the task is cancelled.
  func wait() async { for await _ in stream {} }
}
