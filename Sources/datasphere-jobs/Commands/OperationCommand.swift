internal import ArgumentParser
internal import JobClient

/// `datasphere-jobs operation`.
struct OperationCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "operation", abstract: "Show an operation and where it stands.")

  @OptionGroup var connection: ConnectionOptions

  @ArgumentParser.Argument(help: "The id of the operation.")
  var id: String

  func run() async throws {
    print(JobText.details(try await connection.withClient { try await $0.operation(id: id) }))
  }
}
