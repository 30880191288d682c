/// Who asks for a new job, and under which idempotency key.
public struct Caller: Sendable, Hashable {
  /// Who the caller is.
  public var principal: Principal
  /// The `idempotency-key` header, if the request has one (clone-semantics §5).
  public var idempotencyKey: String?

  /// A caller, with the key it sent.
  public init(principal: Principal, idempotencyKey: String? = nil) {
    self.principal = principal
    self.idempotencyKey = idempotencyKey
  }
}
