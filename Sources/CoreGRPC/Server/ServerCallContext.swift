internal import Synchronization

/// What a handler knows of its call beside the request, and what it adds to the answer.
///
/// Safe to use from any task, and to keep after the call is over: it then has no effect.
public final class ServerCallContext: Sendable {
  private struct Answer {
    var initialMetadata = Metadata()
    var trailingMetadata = Metadata()
  }

  /// The full path of the method that was called, as in `/grpc.health.v1.Health/Check`.
  public let method: String
  /// The metadata that came with the request.
  public let metadata: Metadata
  /// When the caller stops waiting and the handler's task is cancelled; nil: never.
  public let deadline: ContinuousClock.Instant?
  /// Where the call came from, as core writes it: `ipv4:127.0.0.1:4711`, `unix:`, `inproc`.
  public let peer: String

  /// Who the client is by its certificate, which the server has verified; nil without one.
  ///
  /// There is one only when the server asks for certificates, see ``GRPCServer/Security``.
  public let peerIdentity: PeerIdentity?

  private let answer = Mutex(Answer())

  init(
    method: String, metadata: Metadata, deadline: ContinuousClock.Instant?, peer: String,
    peerIdentity: PeerIdentity? = nil
  ) {
    self.method = method
    self.metadata = metadata
    self.deadline = deadline
    self.peer = peer
    self.peerIdentity = peerIdentity
  }

  /// Metadata that leaves before the reply, on success and on failure alike.
  ///
  /// Not with UNAVAILABLE: that status goes out as trailers only, because a client that has seen
  /// initial metadata does not retry transparently.
  public var initialMetadata: Metadata {
    get { answer.withLock { $0.initialMetadata } }
    set { answer.withLock { $0.initialMetadata = newValue } }
  }

  /// Metadata that leaves with the status.
  public var trailingMetadata: Metadata {
    get { answer.withLock { $0.trailingMetadata } }
    set { answer.withLock { $0.trailingMetadata = newValue } }
  }
}
