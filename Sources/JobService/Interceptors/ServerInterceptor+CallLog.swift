public import CoreGRPC
public import Logging
internal import Safeguards

extension ServerInterceptor {
  /// Writes one line for each call that is over: method, code, duration, peer and request id.
  ///
  /// Nothing that a caller sent is written, but for the path of a method that does not exist. Put
  /// it first, so that it sees what the interceptors inside it refuse.
  ///
  /// Callers make as many calls as they like, and a log has an end: a thousand lines in ten seconds
  /// at the most, or what the allowance of the logger's own `SafeLogHandler` says. Calls that the
  /// server refuses for one of its limits have a hundred. The next line says in `unlogged` how many
  /// calls had none.
  /// - Parameters:
  ///   - logger: where to.
  ///   - level: how loudly; what fails through a fault of the server is logged as an error besides,
  ///     with its cause.
  ///   - now: the clock.
  public static func callLog(
    _ logger: Logger, level: Logger.Level = .info,
    now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
  ) -> ServerInterceptor {
    let logger = logger.safe
    let refusals = LogAllowance(lines: 100)
    return .reporting(now: now) { report in
      var unlogged = 0
      if report.context.isRefused {
        guard let left = refusals.take(at: report.end) else { return }
        unlogged = left
      }
      var metadata: Logger.Metadata = [
        "method": "\(report.context.loggedMethod)", "code": "\(report.code)",
        "duration_ms": "\(report.duration.roundedMilliseconds)",
        "peer": "\(report.context.peer)", "request_id": "\(report.requestID)",
      ]
      if unlogged > 0 { metadata["unlogged"] = "\(unlogged)" }
      logger.log(level: level, "call", metadata: metadata)
    }
  }
}

extension ServerCallContext {
  /// The method's full name without the leading slash, or `other` and the path that a caller
  /// invented, so far as it can do no harm in a log: no query, no control characters, no more than a
  /// hundred bytes.
  var loggedMethod: String {
    guard !isMethodServed else { return String(method.drop { $0 == "/" }) }
    let path = method.utf8.prefix { $0 != UInt8(ascii: "?") }.prefix(100)
    let printable = path.map { (0x21...0x7E).contains($0) ? $0 : UInt8(ascii: "_") }
    return "\(CallReport.otherMethod) \(String(decoding: printable, as: UTF8.self))"
  }
}

extension Duration {
  /// Milliseconds with three decimals, as in `12.034`.
  fileprivate var roundedMilliseconds: String {
    let microseconds = self / .microseconds(1)
    let whole = Int64(microseconds.rounded())
    let decimals = String(whole % 1000)
    return "\(whole / 1000).\(String(repeating: "0", count: 3 - decimals.count))\(decimals)"
  }
}
