internal import ArgumentParser
internal import JobClient
internal import JobMessages
internal import ProtobufWire

/// `datasphere-jobs list`.
struct ListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the jobs of a project, newest first.")

  @OptionGroup var connection: ConnectionOptions

  @Option(help: "The project.")
  var projectID: String

  @Option(help: "Only jobs that match, as in 'status = \"CREATING\" AND name = \"x\"'.")
  var filter = ""

  @Option(help: "How many jobs to show at the most.")
  var limit = 100

  func validate() throws {
    guard limit > 0 else { throw ValidationError("--limit must be a positive number.") }
  }

  func run() async throws {
    try await connection.withClient { client in
      var left = limit
      var token = ""
      repeat {
        let page = try await client.jobs(
          .with {
            $0.projectID = projectID
            $0.pageSize = Int64(min(left, 1000))
            $0.pageToken = token
            $0.filter = filter
          })
        for job in page.jobs { print(JobText.row(job)) }
        left -= page.jobs.count
        token = page.nextPageToken
      } while left > 0 && !token.isEmpty
    }
  }
}
