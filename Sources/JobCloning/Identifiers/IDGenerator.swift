/// What makes the ids of jobs and operations, injected so that tests fix them.
public protocol IDGenerator: Sendable {
  /// A new id: 20 characters `[0-9a-z]` that begin with the prefix (clone-semantics §2).
  func makeID(prefix: String) -> String
}
