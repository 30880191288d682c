/// How a call failed: the only error that reaches the wire.
///
/// A handler throws it to choose the status that its caller sees; a client gets it for every status
/// but OK.
public struct RPCError: Error, Sendable {
  /// The status code.
  public var code: StatusCode
  /// What a person should read; UTF-8, sent as `grpc-message`.
  public var message: String
  /// An encoded `google.rpc.Status` for `grpc-status-details-bin`; empty: none.
  public var details: [UInt8]
  /// Initial metadata that a client had received; ignored when a handler throws.
  public var initialMetadata: Metadata
  /// Trailing metadata, beyond status, message and details.
  public var trailingMetadata: Metadata
  /// What lies beneath; it never leaves the process.
  public var cause: (any Error)?

  /// A failure with this status.
  public init(
    _ code: StatusCode, _ message: String, details: [UInt8] = [], initialMetadata: Metadata = [:],
    trailingMetadata: Metadata = [:], cause: (any Error)? = nil
  ) {
    self.code = code
    self.message = message
    self.details = details
    self.initialMetadata = initialMetadata
    self.trailingMetadata = trailingMetadata
    self.cause = cause
  }
}

extension RPCError: CustomStringConvertible {
  /// Code and message, as logs show them.
  public var description: String { "\(code): \(message)" }
}

extension RPCError {
  /// The failure that a peer sees for any error a handler throws.
  ///
  /// Errors that are no `RPCError` become INTERNAL with a fixed text: their own may hold secrets.
  init(handlerError error: any Error) {
    switch error {
    case let error as RPCError: self = error
    case is CancellationError: self.init(.cancelled, "The call was cancelled.", cause: error)
    default: self.init(.internalError, "Internal error.", cause: error)
    }
  }
}
