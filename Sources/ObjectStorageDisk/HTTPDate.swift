/// The `Date` header of a response (RFC 9110 §5.6.7), as in `Sun, 06 Nov 1994 08:49:37 GMT`.
enum HTTPDate {
  private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// The text for this many seconds since 1970; empty before 1970, which no clock shows.
  static func text(secondsSince1970 seconds: Int64) -> String {
    guard seconds >= 0 else { return "" }
    let days = Int(seconds / 86_400)
    let (year, month, day) = civilDate(daysSince1970: days)
    let time = Int(seconds % 86_400)
    return "\(weekdays[days % 7]), \(padded(day)) \(months[month - 1]) \(year) "
      + "\(padded(time / 3600)):\(padded(time / 60 % 60)):\(padded(time % 60)) GMT"
  }

  /// The date in the Gregorian calendar, counted in eras of 400 years that begin on 1 March.
  private static func civilDate(daysSince1970 days: Int) -> (year: Int, month: Int, day: Int) {
    let daysSinceMarchOfYear0 = days + 719_468
    let era = daysSinceMarchOfYear0 / 146_097
    let dayOfEra = daysSinceMarchOfYear0 % 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    let year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
    return (year, month, day)
  }

  private static func padded(_ number: Int) -> String {
    number < 10 ? "0\(number)" : "\(number)"
  }
}
