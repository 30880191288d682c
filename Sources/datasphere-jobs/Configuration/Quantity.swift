/// Durations and sizes as people write them: a whole number with a unit.
enum Quantity {
  private static let durations: [(unit: String, milliseconds: Int64)] = [
    ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
  ]
  private static let sizes: [(unit: String, bytes: Int64)] = [
    ("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40),
  ]

  /// What a duration looks like, for errors.
  static let durationExamples = "a duration such as 500ms, 30s, 15m, 24h or 14d"
  /// What a size looks like, for errors.
  static let sizeExamples = "a size such as 512B, 64KiB, 4MiB or 5GiB"

  /// A duration of milliseconds up to days, longer than nothing; nil: the text is none.
  static func duration(_ text: String) -> Duration? {
    value(text, durations.map { ($0.unit, $0.milliseconds) }).map { .milliseconds($0) }
  }

  /// A number of bytes greater than nothing; nil: the text is none.
  static func bytes(_ text: String) -> Int64? {
    value(text, sizes.map { ($0.unit, $0.bytes) })
  }

  /// A duration of whole milliseconds as one would write it: with the greatest unit that is whole.
  static func text(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    return text(
      seconds * 1000 + attoseconds / 1_000_000_000_000_000,
      durations.map { ($0.unit, $0.milliseconds) })
  }

  /// A number of bytes as one would write it.
  static func text(bytes: Int64) -> String { text(bytes, sizes.map { ($0.unit, $0.bytes) }) }

  private static func text(_ value: Int64, _ units: [(name: String, factor: Int64)]) -> String {
    let unit = units.last { value % $0.factor == 0 } ?? units[0]
    return "\(value / unit.factor)\(unit.name)"
  }

  private static func value(_ text: String, _ units: [(name: String, factor: Int64)]) -> Int64? {
    guard text.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
    let digits = text.utf8.prefix { (48...57).contains($0) }
    guard let number = Int64(Substring(digits)), number > 0 else { return nil }
    let name = text.dropFirst(digits.count)
    guard let unit = units.first(where: { $0.name == name }) else { return nil }
    let (value, isTooGreat) = number.multipliedReportingOverflow(by: unit.factor)
    return isTooGreat ? nil : value
  }
}
