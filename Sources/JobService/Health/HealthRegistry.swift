internal import JobMessages
internal import Synchronization

/// Which services of a server are fit to be called, as ``HealthService`` tells those who ask.
///
/// Set a status whenever it changes, e.g. when a database is lost; watchers hear of it at once.
/// Safe to use from any task.
public final class HealthRegistry: Sendable {
  /// Whether a service may be called.
  public enum Status: Sendable, Hashable {
    /// It answers.
    case serving
    /// It is there, and should be left alone for now.
    case notServing
  }

  /// What a watcher is told.
  typealias Report = HealthCheckResponse.ServingStatus

  private struct Watcher {
    let service: String
    /// Tells that there may be another report; the watcher looks for itself, so none is overtaken.
    ///
    /// Never used under the lock: it takes a lock of the watcher's task, which a cancellation holds
    /// while the end of the stream asks for this one.
    let changes: AsyncStream<Void>.Continuation
  }

  private struct State {
    var statuses: [String: Status]
    var isDraining = false
    var watchers: [Int: Watcher] = [:]
    var nextWatcher = 0

    func report(of service: String) -> Report {
      switch statuses[service] {
      case nil: .serviceUnknown
      case .serving where !isDraining: .serving
      default: .notServing
      }
    }
  }

  private let state: Mutex<State>

  /// A registry in which these services, by full name, and the server as a whole are serving.
  public init(services: [String]) {
    let names = Set(services).union(["", HealthService.name])
    state = Mutex(State(statuses: Dictionary(uniqueKeysWithValues: names.map { ($0, .serving) })))
  }

  /// Sets the status of a service, new ones among them.
  ///
  /// - Parameters:
  ///   - status: nil lets the service be unknown.
  ///   - service: its full name; empty means the server as a whole, whose status stands by itself.
  public func set(_ status: Status?, for service: String) {
    let watchers = state.withLock { state in
      state.statuses[service] = status
      return state.watchers.values.filter { $0.service == service }
    }
    for watcher in watchers { watcher.changes.yield() }
  }

  /// The status of a service, nil for an unknown one; while the server drains none is serving.
  public func status(of service: String) -> Status? {
    switch state.withLock({ $0.report(of: service) }) {
    case .serving: .serving
    case .serviceUnknown: nil
    default: .notServing
    }
  }

  /// Lets nothing be serving any more, and watchers end when they have been told.
  func drain() {
    let watchers = state.withLock { state in
      state.isDraining = true
      defer { state.watchers = [:] }
      return state.watchers.values
    }
    for watcher in watchers {
      watcher.changes.yield()
      watcher.changes.finish()
    }
  }

  /// The status of a service now and after each change, until the registry drains.
  ///
  /// Whoever reads slowly misses what was overtaken, never the last; the same may come twice.
  func watch(_ service: String) -> some AsyncSequence<Report, Never> & Sendable {
    let (stream, changes) = AsyncStream.makeStream(
      of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let watcher = state.withLock { state -> Int? in
      guard !state.isDraining else { return nil }
      state.nextWatcher += 1
      state.watchers[state.nextWatcher] = Watcher(service: service, changes: changes)
      return state.nextWatcher
    }
    changes.yield()
    if let watcher {
      changes.onTermination = { [weak self] _ in
        self?.state.withLock { _ = $0.watchers.removeValue(forKey: watcher) }
      }
    } else {
      changes.finish()
    }
    return stream.map { self.state.withLock { $0.report(of: service) } }
  }

  /// How many watch at this moment.
  var watcherCount: Int { state.withLock { $0.watchers.count } }
}
