internal import JobCloning
internal import NIOCore
internal import Synchronization

/// One connection of an upload server: whose turn it is, and for how long nothing has happened.
///
/// Safe to use from any thread.
final class ServedConnection: Sendable {
  /// What a connection is doing.
  enum Phase: Sendable, Equatable {
    /// There is no request: not yet, not any more, or its header or a TLS handshake is under way.
    case waiting
    /// An upload waits for another upload of the same content.
    case queued(StoredContent)
    /// The client's body arrives.
    case receiving
    /// The server prepares its answer.
    case answering
    /// The client takes a content.
    case sending
  }

  private struct State {
    var phase = Phase.waiting
    var since = ContinuousClock.now
    var isBodyRead = false
    var passedBytes: Int64 = 0
  }

  let channel: any Channel
  private let state = Mutex(State())

  /// A connection that begins now.
  init(_ channel: any Channel) { self.channel = channel }

  /// What the connection is doing.
  var phase: Phase { state.withLock { $0.phase } }

  /// The phase and for how long it has been silent, at one moment.
  var standing: (phase: Phase, silence: Duration) {
    state.withLock { ($0.phase, $0.since.duration(to: .now)) }
  }

  /// Bytes of bodies that have passed so far.
  var passedBytes: Int64 { state.withLock { $0.passedBytes } }

  /// Begins a phase.
  func enter(_ phase: Phase) {
    state.withLock { state in
      state.phase = phase
      state.since = .now
    }
  }

  /// Notes the header of a request.
  func beginRequest() {
    state.withLock { state in
      state.isBodyRead = false
      state.phase = .receiving
      state.since = .now
    }
  }

  /// Notes that the request has arrived to its end: it is the server's turn.
  func endRequest() {
    state.withLock { state in
      state.isBodyRead = true
      guard state.phase == .receiving else { return }
      state.phase = .answering
      state.since = .now
    }
  }

  /// Leaves the queue for the body, which may have arrived meanwhile.
  func leaveQueue() {
    state.withLock { state in
      state.phase = state.isBodyRead ? .answering : .receiving
      state.since = .now
    }
  }

  /// Notes bytes of a body; what comes without a request, or trickles in a header, is no progress.
  func pass(_ bytes: Int) {
    state.withLock { state in
      state.passedBytes += Int64(bytes)
      if state.phase == .receiving || state.phase == .sending { state.since = .now }
    }
  }

  /// Ends the connection at once, whatever is under way.
  func cut() { channel.close(promise: nil) }
}
