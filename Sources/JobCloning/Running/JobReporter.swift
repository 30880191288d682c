public import JobMessages
internal import ProtobufWire

/// What a runner tells of its run, and what it is told meanwhile.
///
/// Safe to use from any task.
public final class JobReporter: Sendable {
  /// The longest piece of a log, in bytes: a reply with a batch of them stays below what clients
  /// accept.
  static let longestPiece = 1 << 16

  private let cloner: JobCloner
  private let stored: StoredOperation
  private let holder: String
  private let active: ActiveRun

  init(_ cloner: JobCloner, _ unfinished: UnfinishedOperation, _ active: ActiveRun) {
    self.cloner = cloner
    stored = unfinished.stored
    holder = unfinished.work.lease.holder
    self.active = active
  }

  // MARK: Telling

  /// Appends to the job's log, in the order of the calls.
  ///
  /// - Parameters:
  ///   - content: any bytes; long ones become several messages.
  ///   - source: where they come from.
  public func log(
    _ content: [UInt8], from source: LogMessage.Source = .standardStream(.out)
  ) async throws(StoreError) {
    let now = cloner.clock.now()
    let source = source.shortened(toBytes: RunTexts.path)
    let messages = pieces(of: content).map { piece in
      LogMessage.with {
        $0.content = Array(piece)
        $0.createdAt = now
        $0.source = source
      }
    }
    try await cloner.logs.append(messages, toJob: stored.jobID)
    cloner.runs.logsChanged.ended(stored.jobID)
  }

  /// Appends a text to the job's log.
  public func log(
    _ text: String, from source: LogMessage.Source = .standardStream(.out)
  ) async throws(StoreError) {
    try await log(Array(text.utf8), from: source)
  }

  /// Shows those who wait for the job how far it is.
  ///
  /// - Parameters:
  ///   - message: what is being done.
  ///   - percent: 0…100.
  public func progress(_ message: String, percent: Int64) async throws(JobError) {
    let now = cloner.clock.now()
    _ = try await cloner.change(job: stored.jobID) { (job) async throws(JobError) in
      guard var operation = try await cloner.storedOperation(stored.operation.id)?.operation,
        !operation.done
      else { return nil }
      operation.metadata = .execution(
        of: job.job,
        progress: .with {
          $0.message = message.shortened(toBytes: RunTexts.progress)
          $0.progress = min(max(percent, 0), 100)
          $0.createTime = now
        })
      operation.touch(at: now)
      var change = JobChange(of: job, to: job.job)
      change.updatedOperation = .init(operation, holder: holder)
      return change
    }
  }

  // MARK: Files

  /// A URL that accepts one HTTP PUT of exactly this content, for a file that the run made.
  ///
  /// To be used near the run's end: until then no job refers to the content, and after
  /// ``OverridePolicy/uploadURLLifetime`` and ``Housekeeper/Rules/orphanMargin`` it is removed.
  public func uploadURL(for content: ContentID) throws(StoreError) -> String {
    try cloner.objects.uploadURL(
      for: content, in: stored.projectID, expiry: cloner.uploads.expiry(at: cloner.clock.now()))
  }

  // MARK: Being told

  /// Whether somebody cancelled the job, gracefully or at once.
  public var isJobCancelled: Bool { active.isCancelled }

  /// Waits until the job is to stop gracefully; false when the task was cancelled first.
  ///
  /// The runner then sends the signal of the job's graceful shutdown parameters and returns what
  /// there is. When their timeout is over, or ``OverridePolicy/gracefulShutdownTimeout`` if they say
  /// none, or when somebody asks for it, the task is cancelled.
  public func waitForStop() async -> Bool { await active.stop.value() != nil }

  /// The bytes in pieces that begin and end between characters, as far as they are UTF-8.
  private func pieces(of content: [UInt8]) -> [ArraySlice<UInt8>] {
    var pieces: [ArraySlice<UInt8>] = []
    var rest = content[...]
    while rest.count > Self.longestPiece {
      var end = rest.startIndex + Self.longestPiece
      // A character has at most three bytes after its first.
      for _ in 1...3 where rest[end] & 0xC0 == 0x80 { end -= 1 }
      pieces.append(rest[..<end])
      rest = rest[end...]
    }
    if !rest.isEmpty { pieces.append(rest) }
    return pieces
  }
}
