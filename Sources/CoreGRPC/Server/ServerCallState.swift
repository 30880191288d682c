/// Where a call on a server stands, and what may still be started on it.
///
/// A value, to be kept in a lock. Whatever can come is one of three: a mistake of this library
/// (an assertion), a use that the handler is told of (it throws), or something that is late but
/// legal (it is dropped: the transition says that nothing is to be done).
enum ServerCallState {
  /// The handler works, and nothing has left. -> answering, abandoned, over
  case silent(Handler)
  /// The handler works, and initial metadata has left. -> abandoned, over
  case answering(Handler)
  /// The peer gave the call up, and the handler has not returned: nothing reaches anybody. -> over
  case abandoned
  /// The status is under way, or was of no use; nothing follows.
  case over

  /// What is known of a handler at work.
  struct Handler {
    /// Its task, once it has suspended.
    var task: Task<Void, Never>?
    /// Whether the event that tells of a cancellation is under way.
    var isWatched = false
  }

  /// What a step sends.
  enum Step {
    /// Initial metadata, and the message if there is one.
    case withHeaders
    case messageAlone
    /// Initial metadata that has left already.
    case nothing
  }

  /// How the status leaves.
  struct Ending {
    let sendsHeaders: Bool
    /// Whether the status has to wait for the peer's end too, because nobody watches for it.
    let watchesClose: Bool
  }

  // MARK: - The handler's task

  /// Takes note that the peer's end is watched for.
  mutating func watch() { update { $0.isWatched = true } }

  /// Whether somebody has to watch for the peer's end.
  var needsWatch: Bool {
    switch self {
    case .silent(let handler), .answering(let handler): !handler.isWatched
    case .abandoned, .over: false
    }
  }

  /// Whether the peer gave the call up.
  var isAbandoned: Bool {
    if case .abandoned = self { return true }
    return false
  }

  /// Takes note of the task, which has suspended; whether it is to be cancelled right away.
  mutating func attach(_ task: Task<Void, Never>) -> Bool {
    update { $0.task = task }
    return isAbandoned
  }

  /// The peer gave up; the task to cancel, if it is known yet.
  mutating func abandon() -> Task<Void, Never>? {
    switch self {
    case .silent(let handler), .answering(let handler):
      self = .abandoned
      return handler.task
    // Late: a call that has its status cannot be given up.
    case .abandoned, .over: return nil
    }
  }

  // MARK: - Messages

  /// Whether a message may be asked for.
  ///
  /// - Throws: ``RPCError`` with CANCELLED when the caller is gone, and FAILED_PRECONDITION to whoever
  ///   reads after the handler has returned.
  func checkReceive() throws(RPCError) {
    switch self {
    case .silent, .answering: return
    case .abandoned: throw .callerIsGone
    case .over: throw .callIsOver
    }
  }

  /// What to send of a message, or of initial metadata alone.
  ///
  /// - Throws: as ``checkReceive()``.
  func step(hasMessage: Bool) throws(RPCError) -> Step {
    switch self {
    case .silent: return .withHeaders
    // Initial metadata twice is no harm: the second has no effect.
    case .answering: return hasMessage ? .messageAlone : .nothing
    case .abandoned: throw .callerIsGone
    case .over: throw .callIsOver
    }
  }

  /// Takes note of a step that was started.
  mutating func stepStarted() {
    if case .silent(let handler) = self { self = .answering(handler) }
  }

  // MARK: - End

  /// The handler has returned; nil when there is nobody to send a status to.
  mutating func finish() -> Ending? {
    defer { self = .over }
    switch self {
    case .silent(let handler):
      return Ending(sendsHeaders: true, watchesClose: !handler.isWatched)
    case .answering(let handler):
      return Ending(sendsHeaders: false, watchesClose: !handler.isWatched)
    case .abandoned: return nil
    case .over:
      assertionFailure("A call has one status.")
      return nil
    }
  }

  private mutating func update(_ change: (inout Handler) -> Void) {
    switch self {
    case .silent(var handler):
      change(&handler)
      self = .silent(handler)
    case .answering(var handler):
      change(&handler)
      self = .answering(handler)
    case .abandoned, .over: break
    }
  }
}

extension RPCError {
  /// The peer cancelled the call, its deadline passed, or its connection is lost.
  static let callerIsGone = RPCError(.cancelled, "The caller is gone.")

  /// Somebody kept a stream of a call beyond its handler.
  static let callIsOver = RPCError(
    .failedPrecondition, "The call is over: its handler has returned.")
}
