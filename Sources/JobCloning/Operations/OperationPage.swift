public import JobMessages

/// A page of a project's operations.
public struct OperationPage: Sendable, Hashable {
  /// The operations, newest first; their responses have no URLs.
  public var operations: [LongRunningOperation]
  /// What the next page begins with; empty when there is none.
  public var nextPageToken: String
}

/// Which operations of a project to list.
public struct OperationFilter: Sendable, Hashable {
  /// Only those of the job with this id.
  public var jobID: String?
  /// Only those that are done, or only those that are not.
  public var isDone: Bool?

  /// A filter; without anything given it lets every operation pass.
  public init(jobID: String? = nil, isDone: Bool? = nil) {
    self.jobID = jobID
    self.isDone = isDone
  }

  /// What a page token is bound to: no filter of jobs reads like it.
  var tokenScope: String {
    let state = isDone.map { $0 ? "done" : "unfinished" } ?? "all"
    return "\(state) operations of \(jobID.map { "job \($0)" } ?? "every job")"
  }
}
