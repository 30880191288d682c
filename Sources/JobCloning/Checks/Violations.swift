/// Collects the faults of a request, so that all are reported at once (clone-semantics §4).
struct Violations {
  /// No reply can carry more, and a request of megabytes may have a fault in every other byte.
  private static let kept = 1_000

  private(set) var list: [JobError.FieldViolation] = []
  private(set) var count = 0

  /// Notes a fault at the field with this path.
  mutating func add(_ field: @autoclosure () -> String, _ description: @autoclosure () -> String) {
    count += 1
    guard list.count < Self.kept else { return }
    list.append(.init(field: field(), description: description()))
  }

  /// Throws an error that carries every fault, if there is one.
  func throwIfAny() throws(JobError) {
    if count > 0 { throw .invalid(list, count: count) }
  }
}
