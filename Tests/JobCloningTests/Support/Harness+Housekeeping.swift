import JobCloning
import JobMessages
import JobServiceTesting
import Logging
import ProtobufWire
import Synchronization
import XCTest

extension Harness {
  /// A housekeeper of the harness's stores.
  ///
  /// It takes the clock as it is: tests move it by weeks.
  var housekeeper: Housekeeper {
    var rules = Housekeeper.Rules()
    rules.acceptsClock = true
    return Housekeeper(cloner: cloner, rules: rules, logger: .silent)
  }

  /// The job as it is stored.
  func stored(_ id: String) async throws -> Job {
    let job = try await store.job(id: id)
    return try XCTUnwrap(job)
  }

  /// Begins an operation on a job that somebody else works on.
  func begin(_ operationID: String, of jobID: String) async throws {
    let stored = try await store.storedJob(id: jobID)
    let job = try XCTUnwrap(stored)
    var change = JobChange(of: job, to: job.job)
    change.newOperation = .init(
      .with { $0.id = operationID },
      work: OperationWork(
        .execute, payload: [], lease: OperationLease(holder: "runner", expires: .max)))
    _ = try await store.change(change)
  }

  /// Ends such an operation.
  func end(_ operationID: String, of jobID: String) async throws {
    let stored = try await store.storedJob(id: jobID)
    let job = try XCTUnwrap(stored)
    var change = JobChange(of: job, to: job.job)
    change.updatedOperation = .init(
      .with {
        $0.id = operationID
        $0.done = true
      }, holder: "runner")
    _ = try await store.change(change)
  }
}

extension Logger {
  /// A logger that says nothing.
  static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  /// A logger, and where its lines are kept.
  static func recording() -> (Logger, LogLines) {
    let lines = LogLines()
    return (Logger(label: "test") { _ in RecordingHandler(lines: lines) }, lines)
  }
}

/// The lines that a logger was given.
final class LogLines: Sendable {
  private let lines = Mutex<[(level: Logger.Level, text: String)]>([])

  func add(_ text: String, _ level: Logger.Level) { lines.withLock { $0.append((level, text)) } }
  func all(_ level: Logger.Level) -> [String] {
    lines.withLock { $0.filter { $0.level == level }.map(\.text) }
  }
}

private struct RecordingHandler: LogHandler {
  let lines: LogLines
  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.trace

  subscript(metadataKey key: String) -> Logger.MetadataValue? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) { lines.add("\(event.message)", event.level) }
}
