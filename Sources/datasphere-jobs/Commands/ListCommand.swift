internal import ArgumentParser
internal import JobClient
internal import JobMessages
internal import ProtobufWire

/// `datasphere-jobs list`.
struct ListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the jobs of a project, newest first.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions

  @Option(help: "The project.")
  var projectID: String

  @Option(help: "Only jobs that match, as in 'status = \"CREATING\" AND name = \"x\"'.")
  var filter = ""

  @Option(help: "How many jobs to show at the most.")
  var limit = 100

  func validate() throws {
    guard (1...1_000_000).contains(limit) else {
      throw ValidationError("--limit must be between 1 and 1000000.")
    }
  }

  func run() async throws {
    let jobs = try await connection.withClient { client in
      var jobs: [Job] = []
      var token = ""
      repeat {
        let page = try await client.jobs(
          .with {
            $0.projectID = projectID
            $0.pageSize = Int64(min(limit - jobs.count, 1000))
            $0.pageToken = token
            $0.filter = filter
          })
        jobs += page.jobs
        token = page.nextPageToken
      } while jobs.count < limit && !token.isEmpty
      return jobs
    }
    try Answer.show(ListProjectJobResponse.with { $0.jobs = jobs }, as: output.format) { answer in
      answer.jobs.map(JobText.row).joined(separator: "\n")
    }
    if jobs.isEmpty, output.format == .text { Terminal.complain("no jobs") }
  }
}
