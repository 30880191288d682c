internal import ArgumentParser
internal import Foundation
internal import JobClient
internal import JobMessages
internal import MessageJSON
internal import Safeguards
internal import Synchronization

/// `datasphere-jobs logs`.
struct LogsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logs", abstract: "Show a job's log, and go on until the job is over.",
    discussion: """
      A job that was not executed yet has no log. On a terminal, what could steer it is shown \
      escaped. As JSON each page is a line: a ReadProjectJobLogsResponse.
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions

  @Option(help: "Where to begin: 0 for all, -1 for what comes from now on, or a page's offset.")
  var offset: Int64 = 0

  @ArgumentParser.Argument(help: "The id of the job.")
  var id: String

  func run() async throws {
    try await connection.withClient { client in
      if try await client.job(id: id).status == .creating {
        return Terminal.complain("job \(id) was not executed yet; it has no log")
      }
      let text = Mutex(LogText())
      try await client.readLogs(jobID: id, from: offset) { page in
        switch output.format {
        case .json: try Terminal.print(escapedJSON(page.jsonString()))
        case .text:
          for message in page.logs {
            // A log need not be text: what reads it elsewhere gets the bytes as they are.
            try Terminal.write(
              Terminal.isInteractive
                ? Data(text.withLock { $0.text(of: message.content) }.utf8)
                : Data(message.content))
          }
        }
      }
      try Terminal.write(Data(text.withLock { $0.remainder() }.utf8))
    }
  }
}
