public import JobMessages

/// What tells the time of day, injected so that tests fix it.
public protocol WallClock: Sendable {
  /// The present, in UTC.
  func now() -> ProtobufTimestamp
}
