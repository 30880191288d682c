internal import Foundation
internal import JobClient
internal import JobMessages
internal import ProtobufWire

/// A small job to try the server with: it shows the first lines of a file of numbers.
struct ExampleJob {
  static let projectID = "example"

  /// Where its input file is written.
  let directory: String
  /// How the file gets to the server's own storage.
  let transfers: TransferOptions

  /// The id of the example job, which is made if the project has no job yet.
  func ensure(_ client: ProjectJobClient) async throws -> String {
    let page = try await client.jobs(
      .with {
        $0.projectID = Self.projectID
        // Clones of it inherit its name, and have a parent.
        $0.filter = "name = \"example\" AND parent_job_id = \"\""
        $0.pageSize = 1
      })
    if let job = page.jobs.first { return job.id }
    let path = directory + "/numbers.txt"
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true)
    try Data((1...100).map { "\($0)\n" }.joined().utf8).write(to: URL(fileURLWithPath: path))
    let input = try LocalFile(path: path, variable: "NUMBERS")
    let request = CreateProjectJobRequest.with {
      $0.projectID = Self.projectID
      $0.name = "example"
      $0.desc = "Shows the first lines of a file of numbers."
      $0.jobParameters = .with {
        $0.cmd = "head -n ${COUNT} ${NUMBERS} > ${RESULT}"
        $0.inputFiles = [input.file]
        $0.outputFiles = [FileDesc(path: "result.txt", var: "RESULT")]
        $0.arguments = [Argument(name: "COUNT", value: "10")]
        $0.env = .with { $0.dockerImage = .resourceID("system-python-3-10") }
        $0.cloudInstanceTypes = [CloudInstanceType(name: "c1.4")]
      }
    }
    let operation = try await client.create(request, idempotencyKey: "example-job")
    let made = try await UploadReport.outcome(of: client.finished(operation))
    try await FileUploader(transfers).upload(made.files, from: [input])
    return made.jobID
  }
}
