/// The value of a JSON number as a whole number, found without going through a `Double`, which
/// cannot hold every `Int64`.
enum WholeNumber: Equatable {
  case value(Int64)
  /// The number has a fraction, or is beyond `Int64`.
  case outOfRange
  /// The text is not a number by JSON's grammar.
  case notANumber

  init(_ text: some Collection<UInt8>) {
    var rest = text[...]
    let isNegative = Self.take("-", from: &rest)
    let whole = Self.takeDigits(&rest)
    guard let first = whole.first, first != UInt8(ascii: "0") || whole.count == 1 else {
      self = .notANumber
      return
    }
    var digits = Array(whole)
    var exponent = 0
    if Self.take(".", from: &rest) {
      let fraction = Self.takeDigits(&rest)
      guard !fraction.isEmpty else {
        self = .notANumber
        return
      }
      digits += fraction
      exponent -= fraction.count
    }
    if Self.take("e", from: &rest) || Self.take("E", from: &rest) {
      let isNegative = Self.take("-", from: &rest)
      if !isNegative { _ = Self.take("+", from: &rest) }
      let power = Self.takeDigits(&rest)
      guard !power.isEmpty else {
        self = .notANumber
        return
      }
      // A power that does not fit is beyond what any number of digits in memory makes up for.
      let magnitude = Int(String(decoding: power, as: UTF8.self)) ?? Int.max / 2
      exponent += min(magnitude, Int.max / 2) * (isNegative ? -1 : 1)
    }
    self = rest.isEmpty ? Self.scaled(digits, exponent, isNegative: isNegative) : .notANumber
  }

  /// The number that digits, a power of ten and a sign make.
  private static func scaled(_ digits: [UInt8], _ exponent: Int, isNegative: Bool) -> Self {
    let zero = UInt8(ascii: "0")
    var digits = digits.drop { $0 == zero }
    var exponent = exponent
    while digits.last == zero {
      digits.removeLast()
      exponent += 1
    }
    if digits.isEmpty { return .value(0) }
    guard exponent >= 0, digits.count + exponent <= 19 else { return .outOfRange }
    digits += repeatElement(zero, count: exponent)
    let text = (isNegative ? "-" : "") + String(decoding: digits, as: UTF8.self)
    return Int64(text).map { .value($0) } ?? .outOfRange
  }

  private static func take<S: Collection<UInt8>>(
    _ character: Unicode.Scalar, from rest: inout S
  ) -> Bool where S.SubSequence == S {
    guard rest.first == UInt8(ascii: character) else { return false }
    rest = rest.dropFirst()
    return true
  }

  private static func takeDigits<S: Collection<UInt8>>(_ rest: inout S) -> S
  where S.SubSequence == S {
    let digits = rest.prefix { $0.isASCIIDigit }
    rest = rest.dropFirst(digits.count)
    return digits
  }
}
