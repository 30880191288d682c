internal import ArgumentParser
internal import JobClient

/// `datasphere-jobs delete`.
struct DeleteCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Remove a job with its data.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var idempotency: IdempotencyOptions

  @ArgumentParser.Argument(help: "The id of the job.")
  var id: String

  func run() async throws {
    let operation = try await idempotency.withClient(of: connection) { client, key in
      try await client.finished(client.delete(jobID: id, idempotencyKey: key))
    }
    try Answer.show(operation, as: output.format) { _ in "deleted job \(id)" }
  }
}

/// `datasphere-jobs delete-data`.
struct DeleteDataCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete-data", abstract: "Remove a job's data; the job stays to be seen.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var idempotency: IdempotencyOptions

  @ArgumentParser.Argument(help: "The id of the job.")
  var id: String

  func run() async throws {
    let operation = try await idempotency.withClient(of: connection) { client, key in
      try await client.finished(client.deleteData(jobID: id, idempotencyKey: key))
    }
    try Answer.show(operation, as: output.format) { _ in "deleted the data of job \(id)" }
  }
}
