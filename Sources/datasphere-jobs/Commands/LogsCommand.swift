internal import ArgumentParser
internal import Foundation
internal import JobClient
internal import JobMessages
internal import MessageJSON

/// `datasphere-jobs logs`.
struct LogsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logs", abstract: "Show a job's log, and go on until the job is over.",
    discussion: "As JSON each page is a line: a ReadProjectJobLogsResponse.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions

  @Option(help: "Where to begin: 0 for all, -1 for what comes from now on, or a page's offset.")
  var offset: Int64 = 0

  @ArgumentParser.Argument(help: "The id of the job.")
  var id: String

  func run() async throws {
    try await connection.withClient { client in
      try await client.readLogs(jobID: id, from: offset) { page in
        switch output.format {
        case .json: print(try page.jsonString())
        case .text:
          for message in page.logs {
            // The bytes as they are: a log need not be text.
            FileHandle.standardOutput.write(Data(message.content))
          }
        }
      }
    }
  }
}
