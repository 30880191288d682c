internal import ArgumentParser
internal import JobClient

/// `datasphere-jobs get`.
struct GetCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "get", abstract: "Show a job.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions

  @ArgumentParser.Argument(help: "The id of the job.")
  var id: String

  func run() async throws {
    let job = try await connection.withClient { try await $0.job(id: id) }
    try Answer.show(job, as: output.format, text: JobText.details)
  }
}
