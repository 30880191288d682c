internal import Synchronization

/// What a handler knows of its call beside the request, and what it adds to the answer.
///
/// Safe to use from any task, and to keep after the call is over: it then has no effect.
public final class ServerCallContext: Sendable {
  private struct Answer {
    var initialMetadata = Metadata()
    var trailingMetadata = Metadata()
    var compression = MessageCompression.off
    var values: [ObjectIdentifier: any Sendable] = [:]
  }

  /// The full path of the method that was called, as in `/grpc.health.v1.Health/Check`.
  public let method: String
  /// The full name of the service that was called, as in `grpc.health.v1.Health`.
  package var service: String { RPCMethod.service(ofPath: method) }
  /// Whether the server has that method; if not, the path is whatever the caller wrote.
  public let isMethodServed: Bool
  /// The metadata that came with the request.
  public let metadata: Metadata
  /// When the caller stops waiting and the handler's task is cancelled; nil: never.
  public let deadline: ContinuousClock.Instant?
  /// Where the call came from, as core writes it: `ipv4:127.0.0.1:4711`, `unix:`, `inproc`.
  public let peer: String

  /// Whether the message that came with the call was compressed; false for those that come later.
  public let isRequestCompressed: Bool
  /// Who the client is by its certificate, which the server has verified; nil without one.
  ///
  /// There is one only when the server asks for certificates, see ``GRPCServer/Security``.
  public let peerIdentity: PeerIdentity?
  /// Why the server refuses the call before its handler runs; nil: it does not.
  let refusal: RPCError?

  private let answer = Mutex(Answer())

  /// How often the caller has tried the same call before, as its gRPC library says; 0: never.
  ///
  /// A caller of bad faith may say anything.
  public var previousAttempts: Int {
    metadata["grpc-previous-rpc-attempts"].flatMap { Int($0) } ?? 0
  }

  /// Whether the server refuses the call for one of its limits, and no handler runs.
  public var isRefused: Bool { refusal != nil }

  init(
    method: String, isMethodServed: Bool, metadata: Metadata,
    deadline: ContinuousClock.Instant?, peer: String, isRequestCompressed: Bool,
    peerIdentity: PeerIdentity?, refusal: RPCError?
  ) {
    self.method = method
    self.isMethodServed = isMethodServed
    self.metadata = metadata
    self.deadline = deadline
    self.peer = peer
    self.isRequestCompressed = isRequestCompressed
    self.peerIdentity = peerIdentity
    self.refusal = refusal
  }

  /// How the messages of the answer are compressed; it counts until initial metadata has left.
  public var compression: MessageCompression {
    get { answer.withLock { $0.compression } }
    set { answer.withLock { $0.compression = newValue } }
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

  /// What an interceptor has found out about the call for those inside it; nil until it is set.
  public subscript<Key: ServerCallContextKey>(key: Key.Type) -> Key.Value? {
    get { answer.withLock { $0.values[ObjectIdentifier(key)] } as? Key.Value }
    set { answer.withLock { $0.values[ObjectIdentifier(key)] = newValue } }
  }
}

/// Names a value that interceptors and handlers keep in a ``ServerCallContext``.
///
/// The type itself is the name: declare one for each value, visible to those who may use it.
public protocol ServerCallContextKey {
  /// What is kept under the key.
  associatedtype Value: Sendable
}

/// How hard messages are compressed, with an algorithm that the peer accepts.
///
/// Off by default: compressing secrets together with what a peer chooses can reveal them.
public enum MessageCompression: Sendable, Hashable {
  /// Not at all.
  case off
  /// Fast.
  case low
  /// In between.
  case medium
  /// Small.
  case high

  /// The level as core numbers it.
  var level: Int32 {
    switch self {
    case .off: 0
    case .low: 1
    case .medium: 2
    case .high: 3
    }
  }
}
