import Logging
import Synchronization
import XCTest

@testable import Safeguards

final class SafeLogHandlerTests: XCTestCase {
  private let forgery =
    "/x\n2026-01-01T00:00:00+0000 critical jobs: [JobService] FORGED \u{1B}[2J\u{202E}"

  func testEveryPartOfALineIsHarmless() throws {
    let log = EventLog()
    var logger = log.logger(metadata: ["base": "\(forgery)"])
    logger[metadataKey: "own\n"] = "\(forgery)"
    logger.error(
      "message \(forgery)", error: Failure(description: forgery),
      metadata: [
        "text": "\(forgery)", "key\n": "x",
        "object": .stringConvertible(Failure(description: forgery)),
        "list": ["\(forgery)", ["a\n": ["\(forgery)"]]],
      ])
    let line = try XCTUnwrap(log.lines.first)
    XCTAssertEqual(log.lines.count, 1)
    XCTAssertTrue(line.unicodeScalars.allSatisfy { !$0.isUnsafeInText }, line)
    XCTAssertEqual(line.ranges(of: "FORGED").count, 8, line)
    XCTAssertEqual(line.ranges(of: "u001b[2J").count, 8, line)
  }

  func testALineIsBounded() throws {
    let log = EventLog()
    let long = String(repeating: "x", count: 1 << 20)
    var metadata: Logger.Metadata = [long: "\(long)"]
    for number in 0..<1_000 { metadata["\(number)"] = "\(long)" }
    var nested: Logger.MetadataValue = "\(long)"
    for _ in 0..<100 { nested = [nested, nested] }
    log.logger().info("\(long)", error: Failure(description: long), metadata: metadata)
    log.logger().info("nested", metadata: ["nested": nested])
    XCTAssertLessThan(try XCTUnwrap(log.lines.first).utf8.count, 20_000)
    XCTAssertLessThan(try XCTUnwrap(log.lines.last).utf8.count, 20_000)
  }

  func testHarmlessLinesAreLeftAsTheyAre() {
    let log = EventLog()
    log.logger().info(
      "a message", error: Failure(description: "an error"),
      metadata: ["number": .stringConvertible(5), "text": "a text", "list": ["a", "b"]])
    let event = log.events.first
    XCTAssertEqual(event?.message, "a message")
    XCTAssertTrue(event?.error is Failure)
    guard case .stringConvertible(let number) = event?.metadata?["number"] else {
      return XCTFail("the value is another: \(String(describing: event?.metadata))")
    }
    XCTAssertTrue(number is Int)
    XCTAssertEqual(event?.metadata?["text"], "a text")
  }

  func testQuotesKeepValuesApart() {
    let log = EventLog()
    log.logger(quotesValues: true).info(
      "call", metadata: ["method": "/x peer=ipv4:6.6.6.6", "code": "OK", "none": "", "q": "a\"b"])
    let metadata = log.events.first?.metadata
    XCTAssertEqual(metadata?["method"], "\"/x peer=ipv4:6.6.6.6\"")
    XCTAssertEqual(metadata?["code"], "OK")
    XCTAssertEqual(metadata?["none"], "\"\"")
    XCTAssertEqual(metadata?["q"], "\"a\\\"b\"")
  }

  func testAFloodTakesItsAllowanceAndTheNextLineTells() {
    let log = EventLog()
    let time = Mutex(ContinuousClock.now)
    let allowance = LogAllowance(lines: 100, per: .seconds(10)) { time.withLock { $0 } }
    func flood(_ count: Int) {
      // Two loggers share it.
      for index in 0..<count {
        log.logger(index % 2 == 0 ? "one" : "two", allowance: allowance).notice(
          "refused", metadata: ["path": "\(String(repeating: forgery, count: 100))"])
      }
    }
    flood(30_000)
    XCTAssertEqual(log.lines.count, 100)
    XCTAssertLessThan(log.lines.reduce(0) { $0 + $1.utf8.count }, 100 * 1_500)
    // What others log has lines meanwhile.
    log.logger(allowance: allowance).error("something else")
    XCTAssertEqual(log.lines.last, "something else [:]")
    time.withLock { $0 += .seconds(10) }
    flood(2)
    XCTAssertEqual(log.events.dropFirst(101).map { $0.metadata?["unlogged"] }, ["29900", nil])
  }

  func testLinesThatTellOfOthersLeftOutAddThem() {
    let log = EventLog()
    let time = Mutex(ContinuousClock.now)
    let allowance = LogAllowance(lines: 1) { time.withLock { $0 } }
    for unlogged in 0..<3 {
      if unlogged == 2 { time.withLock { $0 += .seconds(10) } }
      log.logger(allowance: allowance).info("x", metadata: ["unlogged": "\(unlogged)"])
    }
    XCTAssertEqual(log.events.map { $0.metadata?["unlogged"] }, ["0", "3"])
  }

  func testALoggerIsWrappedOnce() {
    let log = EventLog()
    var logger = log.logger()
    logger.logLevel = .warning
    let safe = logger.safe
    XCTAssertTrue(safe.handler is SafeLogHandler)
    XCTAssertEqual(safe.logLevel, .warning)
    var copy = safe
    copy[metadataKey: "only-on"] = "copy"
    XCTAssertNil(safe[metadataKey: "only-on"])
    XCTAssertEqual(copy[metadataKey: "only-on"], "copy")
    var plain = Logger(label: "plain") { _ in EventLog.Handler(log: log) }
    plain[metadataKey: "a"] = "b\n"
    plain.safe.info("x")
    XCTAssertEqual(log.events.first?.metadata?["a"], "b\\n")
  }

  func testWhatAProviderAddsIsHarmless() {
    let log = EventLog()
    let provider = Logger.MetadataProvider { ["provided": "a\nb"] }
    let handler = EventLog.Handler(log: log, metadataProvider: provider)
    Logger(label: "x") { _ in SafeLogHandler(handler) }.info("x")
    XCTAssertEqual(log.events.first?.metadata?["provided"], "a\\nb")
  }
}

private struct Failure: Error, CustomStringConvertible {
  let description: String
}

/// Keeps what is logged.
private final class EventLog: Sendable {
  struct Handler: LogHandler {
    let log: EventLog
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace
    var metadataProvider: Logger.MetadataProvider?

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      var event = event
      event.metadata = metadata.merging(metadataProvider?.get() ?? [:]) { $1 }
        .merging(event.metadata ?? [:]) { $1 }
      log.recorded.withLock { $0.append(event) }
    }
  }

  private let recorded = Mutex<[LogEvent]>([])

  var events: [LogEvent] { recorded.withLock { $0 } }

  /// All that handlers may write of each event.
  var lines: [String] {
    events.map { event in
      let metadata = Logger.MetadataValue.dictionary(event.metadata ?? [:]).description
      return "\(event.message) \(metadata)" + (event.error.map { " \($0)" } ?? "")
    }
  }

  func logger(
    _ label: String = "test", metadata: Logger.Metadata = [:],
    allowance: LogAllowance = LogAllowance(), quotesValues: Bool = false
  ) -> Logger {
    Logger(label: label) { _ in
      SafeLogHandler(
        Handler(log: self, metadata: metadata), allowance: allowance, quotesValues: quotesValues)
    }
  }
}
