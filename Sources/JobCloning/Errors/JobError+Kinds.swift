/// The errors of the domain, each made in one place so that equal faults read alike.
extension JobError {
  /// The request breaks these rules, `count` in all (clone-semantics §4).
  static func invalid(_ violations: [FieldViolation], count: Int) -> JobError {
    let first = violations.first.map { "\($0.field): \($0.description)" } ?? "invalid request"
    var error = JobError(.invalidArgument, first + others(count))
    error.fieldViolations = violations
    return error
  }

  /// The request breaks one rule.
  static func invalid(field: String, _ description: String) -> JobError {
    invalid([FieldViolation(field: field, description: description)], count: 1)
  }

  /// The state that the request needs is not there; `violations` must not be empty.
  static func failedPrecondition(_ violations: [PreconditionViolation]) -> JobError {
    let first = violations.first.map { "\($0.subject): \($0.description)" } ?? "not possible now"
    var error = JobError(.failedPrecondition, first + others(violations.count))
    error.preconditionViolations = violations
    return error
  }

  /// There is no such thing, or the caller may not know of it: the two answers are the same, so
  /// that ids cannot be probed.
  static func notFound(_ kind: ResourceKind, _ id: String) -> JobError {
    var error = JobError(.notFound, "\(kind.noun) \(quoted(id)) not found")
    error.resource = Resource(type: kind.typeName, name: id, description: "not found")
    return error
  }

  /// The thing was stored under other limits, and the largest reply cannot hold it.
  static func tooLarge(
    _ kind: ResourceKind, _ id: String, _ size: Int, limit: Int
  ) -> JobError {
    var error = JobError(
      .resourceExhausted,
      "\(kind.noun) \(quoted(id)) takes \(size) bytes, and the limit of a reply is \(limit)")
    error.quotaViolations = [.init(subject: "reply size", description: "\(limit) bytes")]
    return error
  }

  /// The caller may read the project, but not create or change jobs in it.
  static func permissionDenied(projectID: String) -> JobError {
    var error = JobError(
      .permissionDenied,
      "creating or changing jobs in project \(quoted(projectID)) is not permitted")
    error.resource = Resource(
      type: ResourceKind.project.typeName, name: projectID,
      description: "may not create or change jobs")
    return error
  }

  /// The work was given up; `subject` says which.
  static func cancelled(_ subject: String) -> JobError {
    JobError(.cancelled, "\(subject) was cancelled")
  }

  /// The call was cancelled, so that nobody waits for what it works on.
  static let callCancelled = cancelled("the call")

  /// A job of the project has the name already, and names are unique.
  static func nameTaken(_ name: String, projectID: String) -> JobError {
    var error = JobError(
      .alreadyExists, "a job named \(quoted(name)) exists in project \(quoted(projectID))")
    error.resource = Resource(
      type: ResourceKind.job.typeName, name: name, description: "the name is taken")
    return error
  }

  /// The method needs a runner, and there is none.
  static let noRunner = JobError(
    .unimplemented, "this server keeps jobs and does not run them: it has no runner")

  private static func others(_ count: Int) -> String {
    switch count {
    case ...1: ""
    case 2: " (and 1 more violation)"
    default: " (and \(count - 1) more violations)"
    }
  }
}

/// Ends the work on a call that was cancelled: for loops whose length a caller chooses.
func requireCall() throws(JobError) {
  if Task.isCancelled { throw .callCancelled }
}

/// What ids in requests name.
enum ResourceKind {
  case job, operation, project

  /// What messages call it.
  var noun: String {
    switch self {
    case .job: "job"
    case .operation: "operation"
    case .project: "project"
    }
  }

  /// What `google.rpc.ResourceInfo` calls it.
  var typeName: String {
    switch self {
    case .job: "yandex.cloud.datasphere.v2.jobs.Job"
    case .operation: "yandex.cloud.operation.Operation"
    case .project: "yandex.cloud.datasphere.v2.Project"
    }
  }
}
