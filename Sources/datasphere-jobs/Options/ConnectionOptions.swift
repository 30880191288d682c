internal import ArgumentParser
internal import CoreGRPC
internal import JobClient

/// Which server a client command talks to, and how long it waits.
struct ConnectionOptions: ParsableArguments {
  @Option(
    help: """
      The server: host:port or unix:/path. \
      [env: DATASPHERE_JOBS_ADDRESS] (default: 127.0.0.1:50051)
      """)
  var address: String?

  @Option(help: "Seconds to wait for each answer.")
  var timeout = 30

  func validate() throws {
    guard timeout > 0 else { throw ValidationError("--timeout must be a positive number.") }
  }

  /// Runs `body` with a client, and shows a failed call with all its details.
  func withClient<Result>(
    _ body: (ProjectJobClient) async throws -> Result
  ) async throws -> Result {
    let target = Setting.value(
      address, environment: "DATASPHERE_JOBS_ADDRESS", default: "127.0.0.1:50051")
    let channel = try GRPCChannel(plaintextTarget: target)
    let outcome: Swift.Result<Result, any Error>
    do {
      outcome = .success(
        try await body(ProjectJobClient(channel: channel, timeout: .seconds(timeout))))
    } catch let error as RPCError {
      outcome = .failure(CallFailure(error, server: target))
    } catch {
      outcome = .failure(error)
    }
    await channel.close()
    return try outcome.get()
  }
}
