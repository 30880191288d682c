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
  @OptionGroup var output: OutputOptions
  @OptionGroup var idempotency: IdempotencyOptions
  @OptionGroup var parameters: ParameterOptions

  @Option(help: "A JobParameters with overrides as JSON, - for standard input; options add to it.")
  var overrides: String?

  @ArgumentParser.Argument(help: "The id of the source job.")
  var id: String

  @Option(
    name: .customLong("var"),
    help: "Another file for the input file with this variable, NAME=PATH; may be repeated.",
    transform: { try NamedValue($0, form: "NAME=PATH") })
  var variables: [NamedValue] = []

  func run() async throws {
    var overrides =
      try self.overrides.map { try JSONFile.read($0, as: JobParameters.self) } ?? JobParameters()
    parameters.apply(to: &overrides)
    overrides.inputFiles += try variables.map {
      try LocalFile(path: $0.value, variable: $0.name).file
    }
    var request = CloneProjectJobRequest.with {
      $0.sourceJobID = id
      $0.jobParametersOverrides = overrides
    }
    parameters.apply(name: &request.name, desc: &request.desc, dataTtl: &request.dataTtl)
    try await idempotency.withClient(of: connection) { [request] client, key in
      let done = try await UploadReport.finish(
        client.clone(request, idempotencyKey: key), with: client,
        offering: request.jobParametersOverrides, over: connection)
      try Answer.show(done.operation, as: output.format) { _ in
        "cloned job \(id) as \(done.jobID)"
      }
    }
  }
}
