internal import JobCloning
internal import NIOCore
internal import Synchronization

/// The connections of one upload server, and which of them gives way when there is no room.
///
/// Safe to use from any thread.
final class ConnectionTable: Sendable {
  /// A transfer that has moved nothing for so long gives way to a new connection.
  private static let stallTime: Duration = .seconds(10)

  /// A connection has so long for its first header before it may have to give way.
  private static let headerTime: Duration = .seconds(1)

  private struct State {
    var connections: [ObjectIdentifier: ServedConnection] = [:]
    var isClosed = false
  }

  private let state = Mutex(State())

  /// Adds a connection, and takes it out again when its channel closes.
  func add(_ connection: ServedConnection) {
    let id = ObjectIdentifier(connection)
    let isClosed = state.withLock { state in
      state.connections[id] = connection
      return state.isClosed
    }
    connection.channel.closeFuture.whenComplete { [self] _ in
      state.withLock { _ = $0.connections.removeValue(forKey: id) }
    }
    if isClosed { connection.cut() }
  }

  /// Ends the connection that can best be spared; false when every one is at work.
  ///
  /// First those without a request, the longest silent one; then uploads that wait for another
  /// upload of their content, the last of the longest queue; then transfers that stand still
  /// because of their client.
  @discardableResult
  func evict() -> Bool {
    let spared = state.withLock { state -> ServedConnection? in
      guard let spared = Self.choose(among: Array(state.connections.values)) else { return nil }
      state.connections[ObjectIdentifier(spared)] = nil
      return spared
    }
    spared?.cut()
    return spared != nil
  }

  /// Ends every connection, those included that are still to come.
  func cutAll() {
    let all = state.withLock { state in
      state.isClosed = true
      return Array(state.connections.values)
    }
    for connection in all { connection.cut() }
  }

  private static func choose(among connections: [ServedConnection]) -> ServedConnection? {
    let standings = connections.map { (connection: $0, standing: $0.standing) }
    let idle = standings.filter {
      $0.standing.phase == .waiting && $0.standing.silence >= headerTime
    }
    if let longest = idle.max(by: { $0.standing.silence < $1.standing.silence }) {
      return longest.connection
    }
    var queues: [StoredContent: [(connection: ServedConnection, silence: Duration)]] = [:]
    for (connection, standing) in standings {
      guard case .queued(let content) = standing.phase else { continue }
      queues[content, default: []].append((connection, standing.silence))
    }
    if let longest = queues.values.max(by: { $0.count < $1.count }) {
      return longest.min { $0.silence < $1.silence }?.connection
    }
    let stalled = standings.filter {
      ($0.standing.phase == .receiving || $0.standing.phase == .sending)
        && $0.standing.silence >= stallTime
    }
    return stalled.max { $0.standing.silence < $1.standing.silence }?.connection
  }
}
