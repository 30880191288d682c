internal import ArgumentParser
internal import JobClient
internal import JobMessages
internal import ProtobufWire
internal import Safeguards

/// `datasphere-jobs download`.
struct DownloadCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "download", abstract: "Fetch the files that a job has put out.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions

  @Flag(help: "Fetch log files, too.")
  var withLogs = false

  @Flag(help: "Fetch diagnostics, too.")
  var withDiagnostics = false

  @Option(help: "Where the files go.")
  var directory = "."

  @ArgumentParser.Argument(help: "The id of the job.")
  var id: String

  func run() async throws {
    let answer = try await connection.withClient { client in
      let job = try await client.job(id: id)
      var files = job.outputFiles
      if withLogs { files += job.logFiles }
      if withDiagnostics { files += job.diagnosticFiles }
      return files.isEmpty
        ? DownloadProjectJobFilesResponse()
        : try await client.downloads(of: files, jobID: id)
    }
    let paths = try await FileDownloader(directory: directory, connection.transfers)
      .download(answer.downloadFiles)
    try Answer.show(answer, as: output.format) { _ in
      paths.map { quotedIfUnsafe($0) }.joined(separator: "\n")
    }
  }
}
