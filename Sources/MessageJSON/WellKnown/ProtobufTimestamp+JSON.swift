internal import JobMessages

extension ProtobufTimestamp {
  /// From the start of year 1 to the end of year 9999.
  private static let validSeconds: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

  private var isValid: Bool {
    Self.validSeconds.contains(seconds) && (0...999_999_999).contains(nanos)
  }

  /// Such as `2025-01-31T23:59:59.500Z`; nil for a time that is not valid.
  var jsonText: String? {
    guard isValid else { return nil }
    // Counted from year 1, nothing is negative.
    let (days, secondOfDay) = (seconds - Self.validSeconds.lowerBound)
      .quotientAndRemainder(dividingBy: 86_400)
    let date = CivilDate(daysSinceYearOne: Int(days))
    let time = [secondOfDay / 3600, secondOfDay / 60 % 60, secondOfDay % 60]
    return Self.padded(date.year, to: 4) + "-" + Self.padded(date.month, to: 2) + "-"
      + Self.padded(date.day, to: 2) + "T"
      + time.map { Self.padded(Int($0), to: 2) }.joined(separator: ":")
      + FractionText.text(nanos: nanos.magnitude) + "Z"
  }

  private static func padded(_ number: Int, to width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  /// Reads RFC 3339 with capital letters, at most 9 digits behind the point, and `Z` or an offset.
  init?(jsonText: String) {
    var text = jsonText[...].utf8
    guard let year = Self.take(4, &text, then: "-"),
      let month = Self.take(2, &text, then: "-"),
      let day = Self.take(2, &text, then: "T"),
      let hour = Self.take(2, &text, then: ":"), hour < 24,
      let minute = Self.take(2, &text, then: ":"), minute < 60,
      let second = Self.take(2, &text), second < 60,
      let date = CivilDate(year: year, month: month, day: day),
      let nanos = FractionText.takeNanos(&text),
      let offset = Self.offsetSeconds(text)
    else { return nil }
    let local = date.daysSinceYearOne * 86_400 + hour * 3600 + minute * 60 + second
    self.init(seconds: Int64(local - offset) + Self.validSeconds.lowerBound, nanos: nanos)
    if !isValid { return nil }
  }

  /// Takes so many digits and the character behind them from the start of `text`.
  private static func take(
    _ count: Int, _ text: inout Substring.UTF8View, then separator: Unicode.Scalar? = nil
  ) -> Int? {
    let digits = text.prefix(count)
    guard digits.count == count, digits.allSatisfy(\.isASCIIDigit) else { return nil }
    text = text.dropFirst(count)
    if let separator {
      guard text.first == UInt8(ascii: separator) else { return nil }
      text = text.dropFirst()
    }
    return Int(Substring(digits))
  }

  /// The seconds by which the local time is ahead, from `Z`, `+01:30` or the like.
  private static func offsetSeconds(_ text: Substring.UTF8View) -> Int? {
    var text = text
    guard let sign = text.popFirst() else { return nil }
    if sign == UInt8(ascii: "Z") { return text.isEmpty ? 0 : nil }
    guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"),
      let hours = take(2, &text, then: ":"), hours < 24,
      let minutes = take(2, &text), minutes < 60, text.isEmpty
    else { return nil }
    return (hours * 60 + minutes) * (sign == UInt8(ascii: "-") ? -60 : 60)
  }
}
