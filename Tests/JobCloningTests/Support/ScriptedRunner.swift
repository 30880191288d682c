import JobCloning
import JobMessages
import Synchronization

/// A runner that does what the test says, and notes what it was asked to.
final class ScriptedRunner: JobRunner {
  typealias Script = @Sendable (JobRun, JobReporter) async throws -> JobRunResult

  private let script: Script
  private let noted = Mutex<[JobRun]>([])

  /// A runner whose jobs succeed, or do what the script says.
  init(_ script: @escaping Script = { _, _ in JobRunResult(returnCode: 0) }) {
    self.script = script
  }

  /// Everything that was run, in order.
  var runs: [JobRun] { noted.withLock { $0 } }

  func run(_ run: JobRun, reporting reporter: JobReporter) async throws -> JobRunResult {
    noted.withLock { $0.append(run) }
    return try await script(run, reporter)
  }
}

/// Something that one task waits for and another lets happen, once.
final class Gate: Sendable {
  private let stream: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation

  init() { (stream, continuation) = AsyncStream.makeStream(of: Void.self) }

  func open() { continuation.finish() }

  /// Returns when the gate is open, or the task is cancelled.
  func wait() async { for await _ in stream {} }
}
