internal import Foundation
internal import JobMessages
internal import ProtobufWire
internal import Safeguards

/// Jobs and operations as lines for people.
enum JobText {
  /// Everything that matters of one job.
  static func details(_ job: Job) -> String {
    var lines = [
      line("id", job.id), line("name", job.name), line("description", job.desc),
      line("project", job.projectID), line("status", job.status.text),
      line("details", job.statusDetails), line("cloned from", job.parentJobID),
      line("created", job.createdAt?.text ?? ""), line("created by", job.createdByID),
      line("data expires", job.dataExpiresAt?.text ?? ""),
    ]
    if let parameters = job.jobParameters { lines += self.parameters(parameters) }
    return lines.compactMap { $0 }.joined(separator: "\n")
  }

  /// One line of a listing.
  static func row(_ job: Job) -> String {
    let id = job.id.padding(toLength: 20, withPad: " ", startingAt: 0)
    let status = job.status.text.padding(toLength: 16, withPad: " ", startingAt: 0)
    return "\(id)  \(job.createdAt?.text ?? "")  \(status)  \(quotedIfUnsafe(job.name))"
  }

  /// An operation and where it stands.
  static func details(_ operation: LongRunningOperation) -> String {
    var state = operation.done ? "done" : "under way"
    if case .error(let error) = operation.result { state = "failed: \(error.message)" }
    let lines = [
      line("id", operation.id), line("description", operation.description),
      line("created", operation.createdAt?.text ?? ""), line("created by", operation.createdBy),
      line("modified", operation.modifiedAt?.text ?? ""), line("state", state),
    ]
    return lines.compactMap { $0 }.joined(separator: "\n")
  }

  private static func parameters(_ parameters: JobParameters) -> [String?] {
    var lines = [line("command", parameters.cmd)]
    lines += parameters.inputFiles.map { line("input", file($0.desc) + ", \($0.sizeBytes) bytes") }
    lines += parameters.outputFiles.map { line("output", file($0)) }
    lines += parameters.arguments.map { line("argument", "\($0.name)=\($0.value)") }
    lines += (parameters.env?.vars ?? [:]).map { line("variable", "\($0.key)=\($0.value)") }
    switch parameters.env?.dockerImage {
    case .resourceID(let id): lines.append(line("image", id))
    case .spec(let spec): lines.append(line("image", spec.imageURL))
    case nil: break
    }
    lines.append(
      line("instances", parameters.cloudInstanceTypes.map(\.name).joined(separator: ", ")))
    if let storage = parameters.extendedWorkingStorage {
      lines.append(line("storage", "\(storage.sizeGb) GB"))
    }
    return lines
  }

  private static func file(_ desc: FileDesc?) -> String {
    guard let desc else { return "" }
    return desc.var.isEmpty ? desc.path : "\(desc.path) as ${\(desc.var)}"
  }

  private static func line(_ label: String, _ value: String) -> String? {
    guard !value.isEmpty else { return nil }
    return label.padding(toLength: 14, withPad: " ", startingAt: 0) + quotedIfUnsafe(value)
  }
}

extension JobStatus {
  /// The name that the contract gives the status.
  fileprivate var text: String { "\(self)" }
}

extension ProtobufTimestamp {
  /// ISO 8601 in UTC, to the second.
  fileprivate var text: String {
    Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.iso8601)
  }
}
