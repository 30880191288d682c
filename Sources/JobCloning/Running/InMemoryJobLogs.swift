public import JobMessages
internal import Synchronization

/// Logs of bounded size that live as long as the process: good to follow a job, not to keep its
/// logs.
///
/// A job that writes more loses its oldest messages; with more jobs, those that wrote first do.
public final class InMemoryJobLogs: JobLogs {
  private struct Log {
    var messages: [LogMessage] = []
    /// The offset of the first message that is kept.
    var start: Int64 = 0
    var bytes = 0

    var end: Int64 { start + Int64(messages.count) }
  }

  private struct State {
    var logs: [String: Log] = [:]
    /// The jobs that have a log, in the order of their first message.
    var order: [String] = []
  }

  /// What a message takes besides its content, about: a job may write one for each byte.
  static let bytesPerMessage = 128

  private let bytesPerJob: Int
  private let jobs: Int
  private let state = Mutex(State())

  /// Empty logs.
  ///
  /// - Parameters:
  ///   - bytesPerJob: how many bytes are kept of a job, some 128 a message beside its content.
  ///   - jobs: of how many jobs.
  public init(bytesPerJob: Int = 1 << 20, jobs: Int = 256) {
    self.bytesPerJob = max(0, bytesPerJob)
    self.jobs = max(1, jobs)
  }

  /// Appends messages, and drops what is too much.
  public func append(_ messages: [LogMessage], toJob id: String) {
    guard !messages.isEmpty else { return }
    state.withLock { state in
      if state.logs[id] == nil {
        state.order.append(id)
        if state.order.count > jobs { state.logs[state.order.removeFirst()] = nil }
      }
      var log = state.logs.removeValue(forKey: id) ?? Log()
      log.messages += messages
      log.bytes += messages.reduce(0) { $0 + Self.size(of: $1) }
      var dropped = 0
      while log.bytes > bytesPerJob, dropped < log.messages.count {
        log.bytes -= Self.size(of: log.messages[dropped])
        dropped += 1
      }
      log.messages.removeFirst(dropped)
      log.start += Int64(dropped)
      state.logs[id] = log
    }
  }

  private static func size(of message: LogMessage) -> Int {
    message.content.count + bytesPerMessage
  }

  /// At most `limit` messages from the offset on.
  public func page(ofJob id: String, from offset: Int64, limit: Int) -> JobLogPage {
    state.withLock { state in
      guard let log = state.logs[id], offset < log.end else {
        return JobLogPage(messages: [], nextOffset: offset)
      }
      let first = max(offset, log.start)
      let messages = Array(log.messages[Int(first - log.start)...].prefix(max(0, limit)))
      return JobLogPage(messages: messages, nextOffset: first + Int64(messages.count))
    }
  }

  /// The offset after the last message.
  public func end(ofJob id: String) -> Int64 { state.withLock { $0.logs[id]?.end ?? 0 } }

  /// Forgets the logs of a job.
  public func remove(ofJob id: String) {
    state.withLock { state in
      guard state.logs.removeValue(forKey: id) != nil else { return }
      state.order.removeAll { $0 == id }
    }
  }
}
