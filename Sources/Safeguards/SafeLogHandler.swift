public import Logging

/// Makes every line of a log one line, harmless, and of bounded length and number, whatever callers
/// send.
///
/// In messages, metadata and errors it escapes control characters, line ends and characters that set
/// the direction of text (`\n`, `\u001b`, `\u202e`), cuts what is long, and leaves lines out that
/// exceed a ``LogAllowance``; the next line of their kind says in `unlogged` how many those were.
///
/// This library puts one around the handler of each logger that it is given, unless there is one
/// already. Bootstrap a program's logging with one to have it for all lines, and an allowance of
/// your own:
///
/// ```swift
/// let allowance = LogAllowance(lines: 5_000)
/// LoggingSystem.bootstrap { label in
///   SafeLogHandler(
///     StreamLogHandler.standardError(label: label), allowance: allowance, quotesValues: true)
/// }
/// ```
public struct SafeLogHandler: LogHandler {
  /// After how many characters a message or a value is cut.
  static let longestText = 512
  /// After how many characters the name of a value is cut.
  static let longestKey = 64
  /// How many values a line may have, and how many parts each of them.
  static let mostValues = 32
  /// How deep lists and dictionaries may be nested.
  static let deepestNesting = 3

  private var handler: any LogHandler
  private var ownMetadata: Logger.Metadata
  private var ownProvider: Logger.MetadataProvider?
  private let allowance: LogAllowance
  private let quotesValues: Bool

  /// Wraps a handler.
  ///
  /// - Parameters:
  ///   - handler: what writes the lines.
  ///   - allowance: how many there may be; share one among the handlers of a program.
  ///   - quotesValues: whether a value with blanks or quotes is put in quotes, so that it cannot be
  ///     taken for several; for handlers that write `name=value`, and not for those that write JSON.
  public init(
    _ handler: any LogHandler, allowance: LogAllowance = LogAllowance(), quotesValues: Bool = false
  ) {
    self.handler = handler
    self.allowance = allowance
    self.quotesValues = quotesValues
    ownMetadata = handler.metadata
    ownProvider = handler.metadataProvider
    metadata = ownMetadata
    // Handlers that know no providers complain when they are given none.
    if ownProvider != nil { metadataProvider = ownProvider }
  }

  /// The wrapped handler's level.
  public var logLevel: Logger.Level {
    get { handler.logLevel }
    set { handler.logLevel = newValue }
  }

  /// What every line has; the wrapped handler gets it escaped.
  public var metadata: Logger.Metadata {
    get { ownMetadata }
    set {
      ownMetadata = newValue
      handler.metadata = values.safe(newValue)
    }
  }

  /// One value of what every line has.
  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { ownMetadata[key] }
    set {
      ownMetadata[key] = newValue
      handler[metadataKey: values.safe(key: key)] = newValue.map { values.safe($0) }
    }
  }

  /// What adds metadata to each line; the wrapped handler gets it escaped.
  public var metadataProvider: Logger.MetadataProvider? {
    get { ownProvider }
    set {
      ownProvider = newValue
      handler.metadataProvider = newValue.map { [values] provider in
        Logger.MetadataProvider { values.safe(provider.get()) }
      }
    }
  }

  /// Passes the line on, made harmless, if the allowance has one left.
  public func log(event: LogEvent) {
    guard let unlogged = allowance.take(file: event.file, line: event.line) else { return }
    var event = event
    event.message = "\(escaped(event.message.description, limit: Self.longestText))"
    event.metadata = event.metadata.map { values.safe($0) }
    if unlogged > 0 { event.metadata = unlogged.added(to: event.metadata) }
    if let error = event.error { event.error = SafeError(error) ?? error }
    handler.log(event: event)
  }

  private var values: SafeValues { SafeValues(quotesValues: quotesValues) }
}

extension Int {
  /// The metadata with these lines left out, beyond those that it tells of already.
  fileprivate func added(to metadata: Logger.Metadata?) -> Logger.Metadata {
    var metadata = metadata ?? [:]
    let told = metadata["unlogged"].flatMap { Int("\($0)") } ?? 0
    metadata["unlogged"] = "\(told + self)"
    return metadata
  }
}

/// Makes metadata harmless.
private struct SafeValues: Sendable {
  let quotesValues: Bool

  func safe(key: String) -> String { escaped(key, limit: SafeLogHandler.longestKey) }

  func safe(_ metadata: Logger.Metadata, depth: Int = 0) -> Logger.Metadata {
    var result: Logger.Metadata = [:]
    let kept =
      metadata.count > SafeLogHandler.mostValues
      ? Array(metadata.sorted { $0.key < $1.key }.prefix(SafeLogHandler.mostValues))
      : Array(metadata)
    for (key, value) in kept {
      result[safe(key: key)] = safe(value, depth: depth)
    }
    return result
  }

  func safe(_ value: Logger.MetadataValue, depth: Int = 0) -> Logger.MetadataValue {
    switch value {
    case .string(let text): return safe(text).map { .string($0) } ?? value
    case .stringConvertible(let object):
      return safe(object.description).map { .string($0) } ?? value
    case .array(let values):
      guard depth < SafeLogHandler.deepestNesting else { return "…" }
      return .array(values.prefix(SafeLogHandler.mostValues).map { safe($0, depth: depth + 1) })
    case .dictionary(let metadata):
      guard depth < SafeLogHandler.deepestNesting else { return "…" }
      return .dictionary(safe(metadata, depth: depth + 1))
    }
  }

  /// The harmless form; nil when the text is harmless.
  private func safe(_ text: String) -> String? {
    let limit = SafeLogHandler.longestText
    let needsQuotes = text.isEmpty || text.utf8.contains { $0 == 0x20 || $0 == 0x22 }
    let result =
      quotesValues && needsQuotes ? quoted(text, limit: limit) : escaped(text, limit: limit)
    return result == text ? nil : result
  }
}

/// Stands for an error whose own description is not harmless.
private struct SafeError: Error, CustomStringConvertible {
  let description: String

  /// Nil when the error's description is harmless.
  init?(_ error: any Error) {
    let text = String(describing: error)
    description = escaped(text, limit: SafeLogHandler.longestText)
    if description == text { return nil }
  }
}

extension Logger {
  /// The logger with a ``SafeLogHandler`` around its handler; itself when it has one already.
  package var safe: Logger {
    if handler is SafeLogHandler { return self }
    var logger = self
    logger.handler = SafeLogHandler(handler)
    return logger
  }
}
