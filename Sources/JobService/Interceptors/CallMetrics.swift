public import CoreGRPC
public import Metrics
internal import Synchronization

/// Measures calls for swift-metrics: how many, how long, and how many at this moment.
///
/// | Label | Kind | Dimensions |
/// |---|---|---|
/// | `grpc.server.calls` | counter | `grpc.method`, `grpc.status` |
/// | `grpc.server.call.duration` | timer | `grpc.method`, `grpc.status` |
/// | `grpc.server.calls.active` | meter | |
///
/// The dimensions take few values, whatever callers send: methods that are not served count as
/// `other`, and codes that gRPC does not know as `OTHER`.
public final class CallMetrics: Sendable {
  private struct Key: Hashable {
    let method: String
    let code: StatusCode
  }

  private struct Recorders: Sendable {
    let count: Counter
    let duration: Timer
  }

  private let factory: any MetricsFactory
  private let now: @Sendable () -> ContinuousClock.Instant
  private let active: Meter
  /// Metrics systems look their instruments up slowly: each pair is made once.
  private let recorders = Mutex<[Key: Recorders]>([:])

  /// Measures for this metrics system.
  ///
  /// - Parameters:
  ///   - factory: the metrics system; by default the process's, so bootstrap it before.
  ///   - now: the clock.
  public init(
    factory: any MetricsFactory = MetricsSystem.factory,
    now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
  ) {
    self.factory = factory
    self.now = now
    active = Meter(label: "grpc.server.calls.active", factory: factory)
  }

  /// The interceptor that measures; put it first, so that it sees what others refuse.
  public var interceptor: ServerInterceptor {
    .reporting(now: now) {
      self.active.increment()
    } finished: { report in
      self.active.decrement()
      let recorders = self.recorders(method: report.method, code: report.code)
      recorders.count.increment()
      recorders.duration.recordNanoseconds(report.duration.wholeNanoseconds)
    }
  }

  private func recorders(method: String, code: StatusCode) -> Recorders {
    let key = Key(method: method, code: code.isKnown ? code : StatusCode(rawValue: -1))
    return recorders.withLock { recorders in
      if let known = recorders[key] { return known }
      let dimensions = [
        ("grpc.method", method), ("grpc.status", code.isKnown ? "\(code)" : "OTHER"),
      ]
      let new = Recorders(
        count: Counter(label: "grpc.server.calls", dimensions: dimensions, factory: factory),
        duration: Timer(
          label: "grpc.server.call.duration", dimensions: dimensions, factory: factory))
      recorders[key] = new
      return new
    }
  }
}

extension StatusCode {
  /// Whether it is one of the seventeen of the protocol.
  fileprivate var isKnown: Bool { (0...16).contains(rawValue) }
}

extension Duration {
  /// Nanoseconds, as far as they fit.
  fileprivate var wholeNanoseconds: Int64 { Int64(clamping: Int128(self / .nanoseconds(1))) }
}
