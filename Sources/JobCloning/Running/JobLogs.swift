public import JobMessages
internal import ProtobufWire

/// Where the logs of running jobs are kept for those who follow them.
///
/// Implementations are safe to call from any task. An offset counts the messages of a job from its
/// first on, so that it stays good when old ones are dropped.
public protocol JobLogs: Sendable {
  /// Appends messages; when this returns, readers see them.
  func append(_ messages: [LogMessage], toJob id: String) async throws(StoreError)

  /// At most `limit` messages from the offset on, or from the first after it that is still kept.
  func page(ofJob id: String, from offset: Int64, limit: Int) async throws(StoreError) -> JobLogPage

  /// The offset after the last message; 0 for a job without any.
  func end(ofJob id: String) async throws(StoreError) -> Int64

  /// Forgets the logs of a job.
  func remove(ofJob id: String) async throws(StoreError)
}

/// Messages of a job's log, one behind the other.
public struct JobLogPage: Sendable, Hashable {
  /// The messages, in order; none when there are none yet.
  public var messages: [LogMessage]
  /// Where the next page begins.
  public var nextOffset: Int64

  /// Messages before an offset.
  public init(messages: [LogMessage], nextOffset: Int64) {
    self.messages = messages
    self.nextOffset = nextOffset
  }
}

extension JobLogPage {
  /// The page, or as many of its first messages as take no more bytes than that, at least one.
  func fitting(_ byteLimit: Int) -> JobLogPage {
    var size = 0
    let end = messages.firstIndex { message in
      size += message.serializedSize + 8
      return size > byteLimit
    }
    guard let end else { return self }
    let count = max(1, end)
    return JobLogPage(
      messages: Array(messages[..<count]),
      nextOffset: nextOffset - Int64(messages.count - count))
  }
}
