internal import ArgumentParser
internal import JobClient
internal import JobMessages
internal import ProtobufWire

/// `datasphere-jobs set-data-ttl`.
struct SetDataTTLCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "set-data-ttl", abstract: "Say how long from now on a job's data is kept.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions

  @ArgumentParser.Argument(help: "The id of the job.")
  var id: String

  @Option(help: "Days until the data expires, or infinity.")
  var days: String

  func validate() throws { _ = try ttl() }

  func run() async throws {
    let ttl = try ttl()
    try await connection.withClient { try await $0.setDataTTL(ttl, jobID: id) }
    try Answer.show(SetProjectJobDataTtlResponse(), as: output.format) { _ in
      ttl == nil
        ? "the data of job \(id) is kept for ever"
        : "the data of job \(id) expires in \(days) days"
    }
  }

  private func ttl() throws -> ProtobufDuration? {
    if days == "infinity" { return nil }
    guard let days = Int64(days), (1...3_000_000).contains(days) else {
      throw ValidationError("--days must be between 1 and 3000000, or infinity.")
    }
    return ProtobufDuration(seconds: days * 86_400)
  }
}
