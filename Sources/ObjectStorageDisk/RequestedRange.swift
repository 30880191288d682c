/// What a `Range` header asks for of a content (RFC 9110 §14.2).
enum RequestedRange: Sendable, Equatable {
  /// Everything: there is no header, or one that a server may ignore.
  case whole
  /// These bytes.
  case part(Range<Int64>)
  /// Bytes that the content does not have.
  case unsatisfiable

  /// What a header asks for; more than one range, or what is none, is ignored.
  init(_ header: String?, size: Int64) {
    self = .whole
    guard let header, header.prefix(6).lowercased() == "bytes=" else { return }
    let parts = header.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2 else { return }
    switch (Self.number(parts[0]), Self.number(parts[1])) {
    case (let first?, let last?) where first <= last:
      self = Self.bytes(from: first, through: last, size: size)
    case (let first?, nil) where parts[1].isEmpty:
      self = Self.bytes(from: first, through: .max, size: size)
    case (nil, let count?) where parts[0].isEmpty:
      self =
        count == 0
        ? .unsatisfiable : Self.bytes(from: max(0, size - count), through: .max, size: size)
    default: break
    }
  }

  private static func bytes(from first: Int64, through last: Int64, size: Int64) -> Self {
    first < size ? .part(first..<min(last, size - 1) + 1) : .unsatisfiable
  }

  /// A number of any length; beyond what a size can be they are all the same.
  private static func number(_ text: Substring) -> Int64? {
    guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int64(text) ?? .max
  }
}
