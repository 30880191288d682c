/// The gRPC status codes that the domain answers with; the raw values are those of the wire.
public enum JobErrorCode: Int32, Sendable, Hashable {
  /// The caller gave the work up.
  case cancelled = 1
  /// The request itself is wrong, whatever the state of the server.
  case invalidArgument = 3
  /// The thing does not exist, or the caller may not know that it does.
  case notFound = 5
  /// A thing with that name exists.
  case alreadyExists = 6
  /// The caller may see the project, but not create jobs in it.
  case permissionDenied = 7
  /// A quota or the disk is full.
  case resourceExhausted = 8
  /// The request is right, the state that it needs is not there.
  case failedPrecondition = 9
  /// The server was set up without what the request needs.
  case unimplemented = 12
  /// A fault of the server.
  case `internal` = 13
  /// A store does not answer; trying again may help.
  case unavailable = 14
}

extension JobErrorCode: CustomStringConvertible {
  /// The name of the code as gRPC spells it.
  public var description: String {
    switch self {
    case .cancelled: "CANCELLED"
    case .invalidArgument: "INVALID_ARGUMENT"
    case .notFound: "NOT_FOUND"
    case .alreadyExists: "ALREADY_EXISTS"
    case .permissionDenied: "PERMISSION_DENIED"
    case .resourceExhausted: "RESOURCE_EXHAUSTED"
    case .failedPrecondition: "FAILED_PRECONDITION"
    case .unimplemented: "UNIMPLEMENTED"
    case .internal: "INTERNAL"
    case .unavailable: "UNAVAILABLE"
    }
  }
}
