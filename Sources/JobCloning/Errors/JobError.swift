/// Why a request about jobs fails: what the caller is told, and what only the log is.
///
/// One error carries every violation found (clone-semantics §4). ``message`` and the details never
/// hold secrets; ``cause`` may say anything and never leaves the server.
public struct JobError: Error, Sendable {
  /// The gRPC status code.
  public var code: JobErrorCode
  /// The status message: for several violations it names the first and the number of the others.
  public var message: String
  /// Every fault of the request, by field: `google.rpc.BadRequest`.
  public var fieldViolations: [FieldViolation] = []
  /// What must change before the request can succeed: `google.rpc.PreconditionFailure`.
  public var preconditionViolations: [PreconditionViolation] = []
  /// What the error is about: `google.rpc.ResourceInfo`.
  public var resource: Resource?
  /// Which quotas are exhausted: `google.rpc.QuotaFailure`.
  public var quotaViolations: [QuotaViolation] = []
  /// The error beneath, for the log alone.
  public var cause: (any Error)?

  /// An error with a code and a text, to which details may be added.
  public init(_ code: JobErrorCode, _ message: String, cause: (any Error)? = nil) {
    self.code = code
    self.message = message
    self.cause = cause
  }

  /// A fault at one field of the request.
  public struct FieldViolation: Sendable, Hashable {
    /// The path of the field: proto names with list indexes.
    public var field: String
    /// What is wrong with it.
    public var description: String

    /// A fault at the field with this path.
    public init(field: String, description: String) {
      self.field = field
      self.description = description
    }
  }

  /// Something that must change before the request can succeed.
  public struct PreconditionViolation: Sendable, Hashable {
    /// The kind of precondition, such as `CONTENT_NOT_STORED`.
    public var type: String
    /// What it is about: a job id, or the path of a file.
    public var subject: String
    /// How the precondition failed.
    public var description: String

    /// A precondition of a kind that failed for a subject.
    public init(type: String, subject: String, description: String) {
      self.type = type
      self.subject = subject
      self.description = description
    }
  }

  /// A resource that an error is about.
  public struct Resource: Sendable, Hashable {
    /// The full name of the resource's message type.
    public var type: String
    /// Its id as the caller gave it.
    public var name: String
    /// What is the matter with it.
    public var description: String

    /// A resource of a type.
    public init(type: String, name: String, description: String = "") {
      self.type = type
      self.name = name
      self.description = description
    }
  }

  /// A quota that is exhausted.
  public struct QuotaViolation: Sendable, Hashable {
    /// What the quota belongs to.
    public var subject: String
    /// How the quota was exceeded.
    public var description: String

    /// A quota of a subject that was exceeded.
    public init(subject: String, description: String) {
      self.subject = subject
      self.description = description
    }
  }
}

extension JobError: CustomStringConvertible {
  /// The code, the message and, if there is one, the error beneath: for logs.
  public var description: String {
    guard let cause else { return "\(code): \(message)" }
    return "\(code): \(message) (\(cause))"
  }

  /// Lets a `catch` name a code: `catch let error as JobError where .notFound ~= error`.
  public static func ~= (code: JobErrorCode, error: JobError) -> Bool { error.code == code }
}
