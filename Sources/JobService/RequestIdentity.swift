public import CoreGRPC

/// The ids that a reply carries so that a caller and an operator speak of the same call
/// (clone-semantics §5): `x-request-id` and `x-server-trace-id`, as initial metadata.
struct RequestIdentity {
  static let requestIDKey = "x-request-id"
  static let traceIDKey = "x-server-trace-id"

  /// The call's request id, a random UUID.
  let requestID: String

  /// The identity that the call has already, or a new one, which it then has.
  init(_ context: ServerCallContext) {
    var metadata = context.initialMetadata
    if let requestID = metadata[Self.requestIDKey] {
      self.requestID = requestID
      return
    }
    requestID = Self.randomUUID()
    metadata.add(requestID, forKey: Self.requestIDKey)
    metadata.add(Self.traceID(context.metadata["traceparent"]), forKey: Self.traceIDKey)
    context.initialMetadata = metadata
  }

  /// The trace id of a W3C `traceparent`, or a random one when there is none that is valid.
  private static func traceID(_ traceparent: String?) -> String {
    let parts = traceparent?.utf8.split(separator: UInt8(ascii: "-")) ?? []
    let isHexadecimal: (UInt8) -> Bool = { (48...57).contains($0) || (97...102).contains($0) }
    guard parts.count >= 4, parts[1].count == 32, parts[1].allSatisfy(isHexadecimal),
      parts[1].contains(where: { $0 != UInt8(ascii: "0") })
    else { return hexadecimal(.random(in: 0 ... .max)) + hexadecimal(.random(in: 0 ... .max)) }
    return String(Substring(parts[1]))
  }

  private static func randomUUID() -> String {
    // Version 4, variant 1 (RFC 9562).
    let high = UInt64.random(in: 0 ... .max) & ~0xF000 | 0x4000
    let low = UInt64.random(in: 0 ... .max) & ~(3 << 62) | 2 << 62
    let digits = hexadecimal(high) + hexadecimal(low)
    var uuid = ""
    for (index, digit) in digits.enumerated() {
      if [8, 12, 16, 20].contains(index) { uuid.append("-") }
      uuid.append(digit)
    }
    return uuid
  }

  private static func hexadecimal(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

extension ServerInterceptor {
  /// Gives every call its ids, also calls of methods that nobody serves, and refused ones.
  ///
  /// The services of this library do so themselves; a server with this interceptor does it for all.
  public static let requestIdentity = ServerInterceptor(seesRefusedCalls: true) { context, next in
    _ = RequestIdentity(context)
    try await next()
  }
}
