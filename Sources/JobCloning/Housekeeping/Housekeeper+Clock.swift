internal import JobMessages
internal import Logging

extension Housekeeper {
  /// Whether the clock can be believed, so that a sweep may clear things away; then its time is
  /// noted in the store.
  func isTrusted(_ now: ProtobufTimestamp) async -> Bool {
    var isTrusted = false
    await attempt("looking at the last sweep") { [self] () async throws(StoreError) in
      let store = cloner.store
      let last = try await store.lastSweep()
      switch watch.judge(now.seconds, lastSweep: last) {
      case .doubted(let isNews):
        guard isNews else { return }
        logger.error(
          """
          the clock is over a day away from the last sweep: nothing is cleared for an hour, or \
          until the server is told to accept the clock
          """,
          metadata: [
            "now": "\(now.seconds)", "last": "\(last ?? 0)",
            "seconds": "\(now.seconds.subtractingReportingOverflow(last ?? 0).partialValue)",
          ])
        return
      case .trustedAgain:
        logger.notice("expired data is cleared again", metadata: ["now": "\(now.seconds)"])
      case .trusted: break
      }
      try await store.noteSweep(at: now.seconds)
      isTrusted = true
    }
    return isTrusted
  }
}
