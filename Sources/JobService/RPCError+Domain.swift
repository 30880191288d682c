internal import CoreGRPC
internal import JobCloning
internal import JobMessages
internal import ProtobufWire

/// Turns what can go wrong into what a caller sees: the only place that does.
extension RPCError {
  /// The failure of a call for any error beneath the services.
  ///
  /// - Parameter requestID: named in the details of every failure that has any.
  init(_ error: any Error, requestID: String) {
    switch error {
    case let error as RPCError: self = error
    case let error as JobError: self.init(error, requestID: requestID)
    case let error as StoreError: self.init(JobError(error), requestID: requestID)
    case let error as AuthenticationError: self.init(error)
    case let error as WireError:
      self.init(
        .invalidArgument, "The request is not a valid message: \(error).", cause: error)
    case is CancellationError:
      self.init(.cancelled, "The call was cancelled.", cause: error)
    default:
      self.init(.internalError, Self.internalText(requestID), cause: error)
    }
  }

  private init(_ error: JobError, requestID: String) {
    var status = error.googleStatus(requestID: requestID)
    if error.code == .internal { status.message = Self.internalText(requestID) }
    self.init(
      StatusCode(rawValue: Int(status.code)), status.message, details: status.serializedBytes(),
      cause: error)
  }

  private init(_ error: AuthenticationError) {
    switch error.code {
    case .missing:
      self.init(.unauthenticated, "The call carries no credentials.", cause: error)
    case .refused:
      self.init(.unauthenticated, "The credentials are not accepted.", cause: error)
    case .unavailable:
      self.init(.unavailable, "Callers cannot be authenticated at present.", cause: error)
    }
  }

  /// What a caller is told of a fault of the server: where an operator finds the rest.
  private static func internalText(_ requestID: String) -> String {
    "Internal error. Request id: \(requestID)."
  }
}
