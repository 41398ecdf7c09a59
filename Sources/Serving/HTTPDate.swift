import Glibc

/// Dates in the form of HTTP (RFC 9110, section 5.6.7).
package enum HTTPDate {
  /// The date and time as text, such as `Sun, 06 Nov 1994 08:49:37 GMT`.
  ///
  /// - Parameter seconds: The seconds since 1970.
  /// - Returns: The text.
  package static func text(of seconds: Int) -> String {
    func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let names = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    let months = [
      "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb",
    ]
    // Years that begin in March, so that a leap day is the last of its year (H. Hinnant,
    // "chrono-Compatible Low-Level Date Algorithms", civil_from_days).
    let day = seconds / 86_400
    let era = (day + 719_468) / 146_097
    let dayOfEra = day + 719_468 - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    let dayOfMonth = dayOfYear - (153 * month + 2) / 5 + 1
    let year = yearOfEra + era * 400 + (month < 10 ? 0 : 1)
    let time = [seconds / 3600 % 24, seconds / 60 % 60, seconds % 60].map(padded)
    return "\(names[day % 7]), \(padded(dayOfMonth)) \(months[month]) \(year) "
      + time.joined(separator: ":") + " GMT"
  }

  /// The current date and time as text.
  static var now: String { text(of: time(nil)) }
}
