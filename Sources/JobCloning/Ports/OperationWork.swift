/// What is left to do for an operation that is not done, kept so that it survives a crash.
public struct OperationWork: Sendable, Hashable {
  /// What kind of work it is.
  public enum Kind: Int, Sendable, Hashable, CaseIterable {
    /// Find out which contents are to be uploaded.
    case planUploads = 1
    /// Run the job.
    case execute = 2
  }

  /// What kind of work it is.
  public var kind: Kind
  /// What the domain needs to go on; a store keeps the bytes and does not read them.
  public var payload: [UInt8]
  /// Who does it at present.
  public var lease: OperationLease

  /// Work under a lease.
  public init(_ kind: Kind, payload: [UInt8], lease: OperationLease) {
    self.kind = kind
    self.payload = payload
    self.lease = lease
  }
}

/// The right to complete an operation, for a time: of several processes only the holder works.
public struct OperationLease: Sendable, Hashable {
  /// The process, or the part of it, that works.
  public var holder: String
  /// When others may take over, in seconds since 1970.
  public var expires: Int64

  /// A lease of a holder.
  public init(holder: String, expires: Int64) {
    self.holder = holder
    self.expires = expires
  }
}

/// An operation that is not done, and what is left to do.
public struct UnfinishedOperation: Sendable, Hashable {
  /// The operation.
  public var stored: StoredOperation
  /// What is left to do.
  public var work: OperationWork

  /// An operation with its work.
  public init(_ stored: StoredOperation, work: OperationWork) {
    self.stored = stored
    self.work = work
  }
}

/// Which operations of a project to list, newest first: by `created_at`, then by id.
public struct OperationQuery: Sendable, Hashable {
  /// The project.
  public var projectID: String
  /// Only those of this job, if given.
  public var jobID: String?
  /// Only those that are done, or only those that are not.
  public var isDone: Bool?
  /// The page starts after this operation; nil starts at the newest.
  public var after: JobQuery.Cursor?
  /// How many operations at the most.
  public var limit: Int

  /// All operations of a project, newest first.
  public init(projectID: String, after: JobQuery.Cursor? = nil, limit: Int) {
    self.projectID = projectID
    self.after = after
    self.limit = limit
  }
}
