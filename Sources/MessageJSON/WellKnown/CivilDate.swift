/// A day of the Gregorian calendar from year 1 to year 9999, without a time zone.
struct CivilDate: Equatable {
  let year: Int
  let month: Int
  let day: Int

  /// The date if there is such a day.
  init?(year: Int, month: Int, day: Int) {
    guard (1...9999).contains(year), (1...12).contains(month),
      (1...Self.dayCount(year: year, month: month)).contains(day)
    else { return nil }
    self.year = year
    self.month = month
    self.day = day
  }

  /// Days since 1 January of year 1, which must not be negative.
  init(daysSinceYearOne: Int) {
    // A year can be off by one from the average, so the estimate is corrected once.
    var year = daysSinceYearOne * 400 / 146_097 + 1
    if Self.days(before: year) > daysSinceYearOne { year -= 1 }
    if Self.days(before: year + 1) <= daysSinceYearOne { year += 1 }
    var rest = daysSinceYearOne - Self.days(before: year)
    var month = 1
    while month < 12, rest >= Self.dayCount(year: year, month: month) {
      rest -= Self.dayCount(year: year, month: month)
      month += 1
    }
    self.year = year
    self.month = month
    day = rest + 1
  }

  /// Days since 1 January of year 1.
  var daysSinceYearOne: Int {
    (1..<month).reduce(Self.days(before: year) + day - 1) {
      $0 + Self.dayCount(year: year, month: $1)
    }
  }

  private static func days(before year: Int) -> Int {
    let past = year - 1
    return past * 365 + past / 4 - past / 100 + past / 400
  }

  private static func dayCount(year: Int, month: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private static func isLeap(_ year: Int) -> Bool {
    year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
  }
}
