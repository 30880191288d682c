/// Fractions of a second, as `Duration` and `Timestamp` write and read them.
enum FractionText {
  /// The point and 3, 6 or 9 digits, as few as are exact; nothing for a whole second.
  static func text(nanos: UInt32) -> String {
    let digits = String(nanos)
    let padded = String(repeating: "0", count: max(0, 9 - digits.count)) + digits
    if nanos == 0 { return "" }
    if nanos.isMultiple(of: 1_000_000) { return "." + padded.prefix(3) }
    if nanos.isMultiple(of: 1_000) { return "." + padded.prefix(6) }
    return "." + padded
  }

  /// Takes the point and 1 to 9 digits from the start of `text`; 0 if there is no point, nil if
  /// other than so many digits follow it.
  static func takeNanos(_ text: inout Substring.UTF8View) -> Int32? {
    guard text.first == UInt8(ascii: ".") else { return 0 }
    text = text.dropFirst()
    var nanos: Int32 = 0
    var scale: Int32 = 1_000_000_000
    while let byte = text.first, byte.isASCIIDigit {
      guard scale > 1 else { return nil }
      scale /= 10
      nanos += Int32(byte - UInt8(ascii: "0")) * scale
      text = text.dropFirst()
    }
    return scale == 1_000_000_000 ? nil : nanos
  }
}

extension UInt8 {
  var isASCIIDigit: Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= self }
}
