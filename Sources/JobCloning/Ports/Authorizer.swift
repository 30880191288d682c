/// Who a caller is, once authenticated.
public struct Principal: Sendable, Hashable {
  /// The identity that jobs and operations record as their creator.
  public let id: String

  /// A principal with this id.
  public init(id: String) { self.id = id }

  /// The caller of a server without authentication (clone-semantics §4).
  public static let anonymous = Principal(id: "anonymous")
}

/// Who may do what in a project.
public protocol Authorizer: Sendable {
  /// Whether the principal may see the project's jobs and operations.
  func mayRead(projectID: String, as principal: Principal) async throws(StoreError) -> Bool
  /// Whether the principal may create jobs in the project; it implies nothing about reading.
  func mayCreate(projectID: String, as principal: Principal) async throws(StoreError) -> Bool
}

/// Lets everyone do everything: for local use.
public struct OpenAuthorizer: Authorizer {
  /// An authorizer that never refuses.
  public init() {}

  /// Always true.
  public func mayRead(projectID: String, as principal: Principal) -> Bool { true }
  /// Always true.
  public func mayCreate(projectID: String, as principal: Principal) -> Bool { true }
}
