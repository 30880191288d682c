package import Logging
internal import Safeguards
internal import Synchronization

/// The parsed contents of one ``GuardedFile`` or of several, read again when one has changed.
///
/// By its contents and not by its times: whoever writes it, and however often, is noticed. A file
/// that does not work leaves what was read before in use, and the log says why, once.
package final class WatchedFile<Contents: Sendable>: Sendable {
  private struct State {
    var contents: Contents
    var bytes: [[UInt8]]
    /// When the file was looked at last.
    var lookedAt: ContinuousClock.Instant
    /// The problem that the log has; nil while the file is right.
    var problem: String?
  }

  private let files: [GuardedFile]
  private let interval: Duration
  private let logger: Logger
  private let parse: @Sendable ([[UInt8]]) throws(StoreError) -> Contents
  private let state: Mutex<State>

  /// Reads the file for the first time; blocks.
  ///
  /// - Parameter interval: a change counts from so long after it at the latest.
  convenience init(
    _ file: GuardedFile, every interval: Duration, logger: Logger,
    parse: @escaping @Sendable (GuardedFile, [UInt8]) throws(StoreError) -> Contents
  ) throws(StoreError) {
    try self.init([file], every: interval, logger: logger) { contents throws(StoreError) in
      try parse(file, contents[0])
    }
  }

  /// Reads several files that count together, for the first time; blocks.
  ///
  /// - Parameters:
  ///   - files: what to read; `parse` is given their contents in this order.
  ///   - interval: a change counts from so long after it at the latest.
  ///   - logger: is told when a change counts, and when it does not work.
  ///   - parse: makes one thing of all contents, or says what is wrong with them.
  package init(
    _ files: [GuardedFile], every interval: Duration, logger: Logger,
    parse: @escaping @Sendable ([[UInt8]]) throws(StoreError) -> Contents
  ) throws(StoreError) {
    self.files = files
    self.interval = interval
    self.logger = logger.safe
    self.parse = parse
    let bytes = try Self.read(files)
    state = Mutex(State(contents: try parse(bytes), bytes: bytes, lookedAt: .now))
  }

  private static func read(_ files: [GuardedFile]) throws(StoreError) -> [[UInt8]] {
    try files.map { file throws(StoreError) in try file.read() }
  }

  /// What the file says, as of a moment no longer ago than the interval.
  package var current: Contents {
    get async {
      let isDue = state.withLock { state in
        guard state.lookedAt.duration(to: .now) >= interval else { return false }
        state.lookedAt = .now
        return true
      }
      // Off the caller's thread, because reading blocks.
      if isDue { await Task.detached { self.look() }.value }
      return state.withLock { $0.contents }
    }
  }

  private func look() {
    do throws(StoreError) {
      let bytes = try Self.read(files)
      guard bytes != state.withLock({ $0.bytes }) else { return noteProblem(nil) }
      let contents = try parse(bytes)
      state.withLock { state in
        state.contents = contents
        state.bytes = bytes
      }
      noteProblem(nil)
      logger.notice(
        "file read again", metadata: ["file": "\(files.map(\.path).joined(separator: ", "))"])
    } catch {
      noteProblem(error.description)
    }
  }

  private func noteProblem(_ problem: String?) {
    let isNews = state.withLock { state in
      defer { state.problem = problem }
      return state.problem != problem
    }
    guard isNews, let problem else { return }
    logger.error(
      "file not read again, what it said before counts", metadata: ["reason": "\(problem)"])
  }
}
