internal import Synchronization

/// Lets so many unary calls of one connection be handled at a time; the others wait for their turn.
///
/// Whoever sends many calls at once on one connection keeps no more threads busy, and has no more
/// decoded at a time, than this; what waits is held as it came.
final class HandlerTurns: Sendable {
  private struct Connection {
    var running = 0
    var waiting: [@Sendable () -> Void] = []
  }

  private let limit: Int
  private let connections = Mutex<[SocketListener.CallOrigin.ID: Connection]>([:])

  init(limit: Int) { self.limit = limit }

  /// Takes a turn, or leaves `start` to be called when it is there; whether it was taken.
  ///
  /// ``end(_:)`` must follow each turn.
  func take(
    _ id: SocketListener.CallOrigin.ID, orLater start: @escaping @Sendable () -> Void
  ) -> Bool {
    connections.withLock { connections in
      var connection = connections[id] ?? Connection()
      defer { connections[id] = connection }
      guard connection.running >= limit else {
        connection.running += 1
        return true
      }
      connection.waiting.append(start)
      return false
    }
  }

  /// Ends a turn: it is the next one's, who has waited longest.
  func end(_ id: SocketListener.CallOrigin.ID) {
    let next = connections.withLock { connections -> (@Sendable () -> Void)? in
      guard var connection = connections[id] else { return nil }
      if !connection.waiting.isEmpty {
        let next = connection.waiting.removeFirst()
        connections[id] = connection
        return next
      }
      connection.running -= 1
      connections[id] = connection.running == 0 ? nil : connection
      return nil
    }
    next?()
  }
}
