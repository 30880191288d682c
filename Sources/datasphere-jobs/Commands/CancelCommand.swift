internal import ArgumentParser
internal import JobClient
internal import JobMessages
internal import ProtobufWire

/// `datasphere-jobs cancel`.
struct CancelCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel", abstract: "Have a job that runs stop.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions

  @Flag(help: "Let the job end in its own way.")
  var graceful = false

  @ArgumentParser.Argument(help: "The id of the job.")
  var id: String

  func run() async throws {
    try await connection.withClient { try await $0.cancel(jobID: id, isGraceful: graceful) }
    try Answer.show(ProtobufEmpty(), as: output.format) { _ in "cancelled job \(id)" }
  }
}
