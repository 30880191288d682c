internal import JobCloning
internal import Synchronization

/// Who uploads which content: one upload of a content at a time, the others wait for their turn.
///
/// Waiting, and not a refusal: clients that do not try again are told of success in the end, and the
/// body of one that comes second is only compared. Safe to use from any task.
final class UploadQueue: Sendable {
  private struct Waiter {
    let id: Int
    let connection: ServedConnection
    let turn: CheckedContinuation<Bool, Never>
  }

  private struct Line {
    var holder: ServedConnection
    var waiting: [Waiter] = []
  }

  private struct State {
    var lines: [StoredContent: Line] = [:]
    var nextID = 0
  }

  private let state = Mutex(State())

  /// Takes the turn if nobody has it.
  func enterNow(_ content: StoredContent, as connection: ServedConnection) -> Bool {
    state.withLock { state in
      guard state.lines[content] == nil else { return false }
      state.lines[content] = Line(holder: connection)
      return true
    }
  }

  /// Waits for the turn; false, and it is not taken, when the task is cancelled meanwhile.
  func enter(_ content: StoredContent, as connection: ServedConnection) async -> Bool {
    let id = state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { turn in
        let isKnown = state.withLock { state -> Bool? in
          guard !Task.isCancelled else { return false }
          guard state.lines[content] != nil else {
            state.lines[content] = Line(holder: connection)
            return true
          }
          state.lines[content]?.waiting.append(
            Waiter(id: id, connection: connection, turn: turn))
          return nil
        }
        if let isKnown { turn.resume(returning: isKnown) }
      }
    } onCancel: {
      let waiter = state.withLock { state -> Waiter? in
        guard let index = state.lines[content]?.waiting.firstIndex(where: { $0.id == id }) else {
          return nil
        }
        return state.lines[content]?.waiting.remove(at: index)
      }
      waiter?.turn.resume(returning: false)
    }
  }

  /// Gives the turn to whoever has waited longest.
  func leave(_ content: StoredContent) {
    let next = state.withLock { state -> Waiter? in
      guard let line = state.lines[content], let next = line.waiting.first else {
        state.lines[content] = nil
        return nil
      }
      state.lines[content] = Line(holder: next.connection, waiting: Array(line.waiting.dropFirst()))
      return next
    }
    next?.turn.resume(returning: true)
  }

  /// Who has the turn.
  func holder(of content: StoredContent) -> ServedConnection? {
    state.withLock { $0.lines[content]?.holder }
  }
}
