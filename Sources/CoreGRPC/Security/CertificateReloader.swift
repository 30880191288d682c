internal import Dispatch
internal import Logging
internal import Synchronization

/// Looks at a server's certificate files from time to time and puts changed ones to use.
///
/// By their contents and not by their times: whoever writes them, and however often, is noticed.
/// Files that do not work leave those in use as they are.
final class CertificateReloader: @unchecked Sendable {
  // SAFETY: everything but `timer` is Sendable by itself; libdispatch lets any thread cancel it.

  private struct State {
    /// What handshakes use.
    var inUse: ServerCertificates
    /// What was wrong at the last look.
    var problem: String?
    /// The problem that the log has; nil once the files are right again.
    var loggedProblem: String?
  }

  private let credentials: ServerCredentials
  private let logger: Logger
  private let state: Mutex<State>
  private let timer: any DispatchSourceTimer

  /// Begins to look.
  init(_ credentials: ServerCredentials, every interval: Duration, logger: Logger) {
    self.credentials = credentials
    self.logger = logger
    state = Mutex(State(inUse: credentials.initialContents))
    let milliseconds = interval.wholeMilliseconds
    // A queue of its own, because reading files blocks.
    timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "grpc.certificates"))
    timer.schedule(
      deadline: .now() + .milliseconds(milliseconds), repeating: .milliseconds(milliseconds),
      leeway: .milliseconds(milliseconds / 10))
    timer.setEventHandler { [weak self] in self?.look() }
    timer.activate()
  }

  deinit { timer.cancel() }

  /// Looks no more; again is no harm.
  func stop() { timer.cancel() }

  private func look() {
    state.withLock { state in
      do throws(ServerError) {
        let contents = try credentials.files.read()
        state.problem = nil
        state.loggedProblem = nil
        guard contents != state.inUse else { return }
        state.inUse = contents
        credentials.replace(with: contents)
        logger.info("certificates reloaded", metadata: ["file": "\(credentials.files.chain)"])
      } catch {
        // At the first look the new files may be half written: a certificate, but not its key.
        if state.problem == error.message && state.loggedProblem != error.message {
          state.loggedProblem = error.message
          logger.warning(
            "certificates not reloaded, those before stay in use",
            metadata: ["reason": "\(error.message)"])
        }
        state.problem = error.message
      }
    }
  }
}
