/// A gRPC status code: one of the seventeen of the protocol, or whatever else a peer sent.
public struct StatusCode: RawRepresentable, Sendable, Hashable {
  /// The number on the wire.
  public let rawValue: Int

  /// The code with this number.
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// The call succeeded.
  public static let ok = StatusCode(rawValue: 0)
  /// The caller gave the call up.
  public static let cancelled = StatusCode(rawValue: 1)
  /// An error of which nothing is known.
  public static let unknown = StatusCode(rawValue: 2)
  /// The request is wrong, whatever the state of the server.
  public static let invalidArgument = StatusCode(rawValue: 3)
  /// The time was over before the call was.
  public static let deadlineExceeded = StatusCode(rawValue: 4)
  /// What was asked for does not exist, or not for this caller.
  public static let notFound = StatusCode(rawValue: 5)
  /// What should be made exists already.
  public static let alreadyExists = StatusCode(rawValue: 6)
  /// The caller is known and may not do this.
  public static let permissionDenied = StatusCode(rawValue: 7)
  /// A quota or limit is reached.
  public static let resourceExhausted = StatusCode(rawValue: 8)
  /// The state of the system does not allow the call.
  public static let failedPrecondition = StatusCode(rawValue: 9)
  /// A concurrent change got in the way.
  public static let aborted = StatusCode(rawValue: 10)
  /// Past the end of a range.
  public static let outOfRange = StatusCode(rawValue: 11)
  /// The method is not served.
  public static let unimplemented = StatusCode(rawValue: 12)
  /// An invariant of the server is broken.
  public static let internalError = StatusCode(rawValue: 13)
  /// The service is not there for now; trying again may help.
  public static let unavailable = StatusCode(rawValue: 14)
  /// Data is lost or corrupted for good.
  public static let dataLoss = StatusCode(rawValue: 15)
  /// Credentials are missing or wrong.
  public static let unauthenticated = StatusCode(rawValue: 16)
}

extension StatusCode: CustomStringConvertible {
  private static let names = [
    "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND",
    "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED",
    "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
  ]

  /// The code's name as the protocol spells it, or its number.
  public var description: String {
    Self.names.indices.contains(rawValue) ? Self.names[rawValue] : String(rawValue)
  }
}
