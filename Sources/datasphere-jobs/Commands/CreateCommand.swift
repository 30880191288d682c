internal import ArgumentParser
internal import JobClient
internal import JobMessages
internal import ProtobufWire

/// `datasphere-jobs create`.
struct CreateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Make a job and upload its input files.",
    discussion: """
      The command is a template: ${NAME} stands for an argument, or for a file that has NAME as \
      its variable.

      Example:
        datasphere-jobs create --project-id p1 --cmd 'sort ${DATA} > ${OUT}' \\
          --input data.txt=DATA --output out.txt=OUT --cloud-instance-type c1.4
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var idempotency: IdempotencyOptions
  @OptionGroup var parameters: ParameterOptions

  @Option(help: "A CreateProjectJobRequest as JSON, - for standard input; other options add to it.")
  var file: String?

  @Option(help: "The project that the job belongs to.")
  var projectID: String?

  @Option(help: "The command that the job runs.")
  var cmd: String?

  @Option(help: "An input file, PATH or PATH=VAR; may be repeated.")
  var input: [FileReference] = []

  @Option(name: .customLong("output"), help: "An output file, PATH or PATH=VAR; may be repeated.")
  var outputFiles: [FileReference] = []

  func validate() throws {
    guard file == nil else { return }
    guard projectID != nil else { throw ValidationError("Say --project-id, or --file.") }
    guard cmd != nil else { throw ValidationError("Say --cmd, or --file.") }
  }

  func run() async throws {
    let request = try makeRequest()
    try await idempotency.withClient(of: connection) { client, key in
      let done = try await UploadReport.finish(
        client.create(request, idempotencyKey: key), with: client,
        offering: request.jobParameters, over: connection)
      try Answer.show(done.operation, as: output.format) { _ in "created job \(done.jobID)" }
    }
  }

  private func makeRequest() throws -> CreateProjectJobRequest {
    var request =
      try file.map { try JSONFile.read($0, as: CreateProjectJobRequest.self) }
      ?? CreateProjectJobRequest()
    request.projectID = projectID ?? request.projectID
    parameters.apply(name: &request.name, desc: &request.desc, dataTtl: &request.dataTtl)
    var job = request.jobParameters ?? JobParameters()
    parameters.apply(to: &job)
    job.cmd = cmd ?? job.cmd
    job.inputFiles += try input.map { try LocalFile(path: $0.path, variable: $0.variable).file }
    job.outputFiles += outputFiles.map { FileDesc(path: $0.path, var: $0.variable) }
    if job.cloudInstanceTypes.isEmpty { job.cloudInstanceTypes = [.init(name: "c1.4")] }
    request.jobParameters = job
    return request
  }
}
