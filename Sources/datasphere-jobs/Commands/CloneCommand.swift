internal import ArgumentParser
internal import JobClient
internal import JobMessages
internal import ProtobufWire

/// `datasphere-jobs clone`.
struct CloneCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clone", abstract: "Make a job from another one, with other parameters.",
    discussion: """
      What is not given is the source job's. Files that the server does not have yet are uploaded.

      Example:
        datasphere-jobs clone bt1… --arg RANGE=7 --var DATA=other.txt
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var parameters: ParameterOptions

  @ArgumentParser.Argument(help: "The id of the source job.")
  var id: String

  @Option(
    name: .customLong("var"),
    help: "Another file for the input file with this variable, NAME=PATH; may be repeated.")
  var variables: [NamedValue] = []

  func run() async throws {
    let files = try variables.map { try LocalFile(path: $0.value, variable: $0.name).file }
    let request = CloneProjectJobRequest.with {
      $0.sourceJobID = id
      $0.name = parameters.name
      $0.desc = parameters.desc
      $0.dataTtl = parameters.dataTtl
      var overrides = parameters.parameters
      overrides.inputFiles = files
      $0.jobParametersOverrides = overrides
    }
    try await connection.withClient { client in
      let jobID = try await UploadReport.finish(client.clone(request), with: client)
      print("cloned job \(id) as \(jobID)")
    }
  }
}
