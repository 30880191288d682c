/// Something that a store has, seen from outside: who may see the inside is decided before it is
/// read and decoded.
///
/// So that a caller without rights waits no longer for the answer about a large thing than for that
/// about an absent one.
public struct Found<Value: Sendable>: Sendable {
  /// The project that it belongs to.
  public let projectID: String
  /// Bytes of its message.
  public let size: Int
  private let read: @Sendable () async throws(StoreError) -> Value?

  /// Something of a project, and how to read it.
  public init(
    projectID: String, size: Int, read: @escaping @Sendable () async throws(StoreError) -> Value?
  ) {
    self.projectID = projectID
    self.size = size
    self.read = read
  }

  /// The thing itself; nil when it was removed since it was found.
  public func value() async throws(StoreError) -> Value? { try await read() }
}
