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
  @OptionGroup var parameters: ParameterOptions

  @Option(help: "The project that the job belongs to.")
  var projectID: String

  @Option(help: "The command that the job runs.")
  var cmd: String

  @Option(help: "An input file, PATH or PATH=VAR; may be repeated.")
  var input: [FileReference] = []

  @Option(help: "An output file, PATH or PATH=VAR; may be repeated.")
  var output: [FileReference] = []

  func run() async throws {
    let inputs = try input.map { try LocalFile(path: $0.path, variable: $0.variable).file }
    let request = CreateProjectJobRequest.with {
      $0.projectID = projectID
      $0.name = parameters.name
      $0.desc = parameters.desc
      $0.dataTtl = parameters.dataTtl
      var job = parameters.parameters
      job.cmd = cmd
      job.inputFiles = inputs
      job.outputFiles = output.map { FileDesc(path: $0.path, var: $0.variable) }
      if job.cloudInstanceTypes.isEmpty { job.cloudInstanceTypes = [.init(name: "c1.4")] }
      $0.jobParameters = job
    }
    try await connection.withClient { client in
      let jobID = try await UploadReport.finish(client.create(request), with: client)
      print("created job \(jobID)")
    }
  }
}
