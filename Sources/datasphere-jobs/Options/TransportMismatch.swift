internal import CoreGRPC

/// Finds out whether a server that does not answer speaks TLS to a client that does not, or the
/// reverse: all that either side sees of that is a connection that ends.
enum TransportMismatch {
  private static let patience = Duration.seconds(3)

  /// Why a call failed, if that is why; nil: it is not.
  ///
  /// Asks the server once more, the other way, for its health and without credentials.
  static func reason(
    of error: RPCError, _ target: String, _ security: GRPCChannel.Security
  ) async -> String? {
    guard error.code == .unavailable, !target.hasPrefix("unix:") else { return nil }
    if case .plaintext = security {
      let outcome = await probe(target, .tls(authorities: nil))
      return outcome.map(speaksTLS) == true
        ? "the server speaks TLS: use --tls, or --ca with its authorities" : nil
    }
    if error.message.contains("certificate verify failed") {
      return "the server's certificate is not one that the trusted authorities have issued: "
        + "use --ca with those that have"
    }
    guard let outcome = await probe(target, .plaintext) else { return nil }
    return outcome.code == .unavailable || outcome.code == .deadlineExceeded
      ? nil
      : "the server does not speak TLS: leave out --tls, --ca, --cert, --key and --server-name"
  }

  /// Whether the outcome of a call over TLS comes from a server that speaks it, though it may have
  /// refused the client, or the client it.
  private static func speaksTLS(_ outcome: RPCError) -> Bool {
    switch outcome.code {
    case .unavailable:
      let signs = ["certificate", "CERTIFICATE", "ALERT", "alert"]
      return signs.contains { outcome.message.contains($0) }
    case .deadlineExceeded: return false
    default: return true
    }
  }

  /// How a call ends; nil when it cannot even be tried.
  private static func probe(
    _ target: String, _ security: GRPCChannel.Security
  ) async -> RPCError? {
    guard let channel = try? GRPCChannel(target: target, security: security) else { return nil }
    let outcome: RPCError
    do throws(RPCError) {
      _ = try await channel.unary(
        "/grpc.health.v1.Health/Check", [UInt8](), timeout: patience)
      outcome = RPCError(.ok, "")
    } catch {
      outcome = error
    }
    await channel.close()
    return outcome
  }
}
