internal import ArgumentParser
internal import JobClient
internal import JobMessages

/// `datasphere-jobs execute`.
struct ExecuteCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "execute", abstract: "Have a job run; again shows the same operation.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var idempotency: IdempotencyOptions

  @Flag(help: "Wait until the job is over, and fail if it does.")
  var wait = false

  @ArgumentParser.Argument(help: "The id of the job.")
  var id: String

  func run() async throws {
    let operation = try await idempotency.withClient(of: connection) { client, key in
      let operation = try await client.execute(jobID: id, idempotencyKey: key)
      return wait ? try await client.finished(operation) : operation
    }
    try Answer.show(operation, as: output.format, text: JobText.details)
  }
}
