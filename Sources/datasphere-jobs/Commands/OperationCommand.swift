internal import ArgumentParser
internal import JobClient

/// `datasphere-jobs operation`.
struct OperationCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "operation", abstract: "Show an operation and where it stands.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions

  @ArgumentParser.Argument(help: "The id of the operation.")
  var id: String

  func run() async throws {
    let operation = try await connection.withClient { try await $0.operation(id: id) }
    try Answer.show(operation, as: output.format, text: JobText.details)
  }
}
