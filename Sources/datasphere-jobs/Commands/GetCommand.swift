internal import ArgumentParser
internal import JobClient

/// `datasphere-jobs get`.
struct GetCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "get", abstract: "Show a job.")

  @OptionGroup var connection: ConnectionOptions

  @ArgumentParser.Argument(help: "The id of the job.")
  var id: String

  func run() async throws {
    print(JobText.details(try await connection.withClient { try await $0.job(id: id) }))
  }
}
