internal import Foundation
internal import Logging
internal import UnixSignals

/// Ends the process at once when it is asked to stop for the second time.
///
/// Nothing acknowledged is lost: what a reply tells of is on disk before it is sent.
struct SecondSignal {
  let logger: Logger

  /// Waits for two signals; returns only when the task is cancelled.
  func endProcess() async {
    var isStopping = false
    for await signal in await UnixSignalsSequence(trapping: .sigterm, .sigint) {
      guard isStopping else {
        isStopping = true
        continue
      }
      logger.warning("ended by a second signal", metadata: ["signal": "\(signal)"])
      _exit(128 + (signal == .sigint ? SIGINT : SIGTERM))
    }
  }
}
