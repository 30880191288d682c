internal import JobMessages

extension ProtobufDuration {
  /// About 10,000 years, the range that protobuf lays down.
  private static let maximumSeconds: Int64 = 315_576_000_000

  /// Whether seconds and nanoseconds are in range and of the same sign.
  private var isValid: Bool {
    (-Self.maximumSeconds...Self.maximumSeconds).contains(seconds)
      && (-999_999_999...999_999_999).contains(nanos)
      && (seconds == 0 || nanos == 0 || (seconds < 0) == (nanos < 0))
  }

  /// Such as `-1.500s`; nil for a length that is not valid.
  var jsonText: String? {
    guard isValid else { return nil }
    let sign = seconds < 0 || nanos < 0 ? "-" : ""
    return "\(sign)\(seconds.magnitude)\(FractionText.text(nanos: nanos.magnitude))s"
  }

  /// Reads a sign, digits, at most 9 digits behind a point, and `s`.
  init?(jsonText: String) {
    var text = jsonText[...].utf8
    let isNegative = text.first == UInt8(ascii: "-")
    if isNegative { text = text.dropFirst() }
    let digits = text.prefix { $0.isASCIIDigit }
    guard let seconds = Int64(Substring(digits)) else { return nil }
    text = text.dropFirst(digits.count)
    guard let nanos = FractionText.takeNanos(&text), text.elementsEqual("s".utf8) else {
      return nil
    }
    self.init(seconds: isNegative ? -seconds : seconds, nanos: isNegative ? -nanos : nanos)
    if !isValid { return nil }
  }
}
