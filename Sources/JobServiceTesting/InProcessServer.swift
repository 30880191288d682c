public import CoreGRPC
public import JobClient
internal import Logging

/// Runs a server of these services inside the process and hands `body` a client of it.
///
/// There is no socket and no port: tests run side by side without meeting. The server is up before
/// `body` begins, and gone when this returns, whether `body` throws or not. The client makes each
/// call once: nothing is lost on the way, so that UNAVAILABLE is what the test wants to see.
///
/// - Returns: what `body` returns.
public func withInProcessServer<Result: Sendable>(
  _ services: any GRPCService..., interceptors: [ServerInterceptor] = [],
  configuration: ServerConfiguration = .init(),
  _ body: (ProjectJobClient) async throws -> Result
) async throws -> Result {
  let server = try GRPCServer(
    address: nil, interceptors: interceptors, services: services, configuration: configuration,
    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  let serving = Task { try await server.run() }
  _ = await server.waitUntilStarted()
  let result: Swift.Result<Result, any Error>
  do {
    let channel = try GRPCChannel.inProcess(to: server)
    do {
      result = .success(try await body(ProjectJobClient(channel: channel, retries: .none)))
    } catch {
      result = .failure(error)
    }
    await channel.close()
  } catch {
    result = .failure(error)
  }
  server.stop()
  try await serving.value
  return try result.get()
}
