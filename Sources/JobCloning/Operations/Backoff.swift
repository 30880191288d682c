/// Pauses that grow, for what is tried again.
struct Backoff {
  private var next: Duration
  private let longest: Duration

  /// Pauses from the first to the longest, each twice the one before.
  init(from first: Duration = .milliseconds(200), upTo longest: Duration = .seconds(10)) {
    next = first
    self.longest = longest
  }

  /// How long to pause now.
  mutating func step() -> Duration {
    defer { next = min(next * 2, longest) }
    return next
  }

  /// Pauses; false when the task is cancelled.
  mutating func pause(on timer: any Clock<Duration>) async -> Bool {
    let pause = step()
    do {
      try await timer.sleep(for: pause)
      return true
    } catch {
      return false
    }
  }
}
