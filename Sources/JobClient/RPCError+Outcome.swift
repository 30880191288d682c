public import CoreGRPC

extension RPCError {
  /// Whether the server may have done the call all the same.
  ///
  /// It may where the time was over, and where a connection was lost; not where there never was one.
  public var leavesOutcomeOpen: Bool {
    switch code {
    case .unavailable: !isConnectionFailure
    case .deadlineExceeded: true
    default: false
    }
  }

  /// Whether gRPC core found no server to send the call to.
  var isConnectionFailure: Bool {
    code == .unavailable
      && ["failed to connect to all addresses", "DNS resolution failed"]
        .contains { message.hasPrefix($0) }
  }

  /// The same failure after an earlier attempt that left its outcome open.
  func after(_ earlier: RPCError?) -> RPCError {
    guard let earlier, isConnectionFailure else { return self }
    var error = self
    error.message = "\(earlier.message); at the next attempt: \(message)"
    return error
  }
}
