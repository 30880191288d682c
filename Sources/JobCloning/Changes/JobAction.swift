internal import JobMessages

/// A method that does something to a job, or to all jobs of a project, and answers an operation.
enum JobAction: String {
  case execute = "Execute"
  case delete = "Delete"
  case deleteData = "DeleteData"
  case deleteAllData = "DeleteAllData"

  /// Its full name, as in the path of the call.
  var fullName: String { "/yandex.cloud.datasphere.v2.jobs.ProjectJobService/\(rawValue)" }
}

extension JobStatus {
  /// The states of a job that something works on, and whose contents that needs.
  static let running: [JobStatus] = [.executing, .uploadingOutput, .cancelling, .preparing]

  /// Whether something works on the job.
  var isRunning: Bool { Self.running.contains(self) }
}
