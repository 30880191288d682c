internal import JobMessages

extension ProtobufDuration {
  /// Whether this is a Duration as protobuf defines it: within some 10,000 years, with less than a
  /// second of nanoseconds, and with both parts of one sign.
  var isValid: Bool {
    let seconds = seconds
    return (-315_576_000_000...315_576_000_000).contains(seconds)
      && (-999_999_999...999_999_999).contains(nanos)
      && (seconds == 0 || nanos == 0 || (seconds < 0) == (nanos < 0))
  }

  /// Whether this valid duration is longer than nothing.
  var isPositive: Bool { seconds > 0 || nanos > 0 }
}

extension ProtobufTimestamp {
  /// The last second of the year 9999, the last that a Timestamp may hold.
  private static let lastSecond: Int64 = 253_402_300_799

  /// The time a valid, positive duration later, or nil when that is past the year 9999.
  func advanced(by duration: ProtobufDuration) -> ProtobufTimestamp? {
    var later = ProtobufTimestamp()
    later.seconds = seconds + duration.seconds
    later.nanos = nanos + duration.nanos
    if later.nanos >= 1_000_000_000 {
      later.nanos -= 1_000_000_000
      later.seconds += 1
    }
    return later.seconds <= Self.lastSecond ? later : nil
  }

  /// The time so many seconds later, or the last second of the year 9999 where that is past it.
  ///
  /// For lifetimes that a policy sets, where more than a Timestamp can say means for good.
  func advanced(bySeconds seconds: Int64) -> ProtobufTimestamp {
    let (sum, isTooGreat) = self.seconds.addingReportingOverflow(seconds)
    var later = self
    later.seconds = isTooGreat ? Self.lastSecond : min(sum, Self.lastSecond)
    return later
  }

  /// Whether this time is before the other one.
  func isBefore(_ other: ProtobufTimestamp) -> Bool {
    (seconds, nanos) < (other.seconds, other.nanos)
  }
}
