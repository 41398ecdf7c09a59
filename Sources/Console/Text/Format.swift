import Preconditions
import Glibc

/// Formats numbers for people.
public enum Format {
  /// Returns a number with a fixed number of decimals, rounded as C's `printf` and Python do.
  ///
  /// - Parameters:
  ///   - value: The number.
  ///   - decimals: The number of decimals, at least 0.
  /// - Returns: The number, or `nan`, `inf`, `-inf`.
  public static func fixed(_ value: Double, decimals: Int) -> String {
    require(decimals >= 0, "`decimals` must be at least 0, but is \(decimals).")
    guard value.isFinite else {
      return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf"
    }
    // The largest number, 1.8e308, has 309 digits before the point.
    var buffer = [CChar](repeating: 0, count: 320 + decimals)
    let length = unsafe withVaList([Int32(clamping: decimals), value]) { arguments in
      unsafe vsnprintf(&buffer, buffer.count, "%.*f", arguments)
    }
    let digits = buffer.prefix(Int(length)).map { UInt8(bitPattern: $0) }
    return String(decoding: digits, as: UTF8.self)
  }

  /// Returns a fraction as a percentage, such as `98.71%`.
  ///
  /// - Parameters:
  ///   - fraction: The fraction, `0...1`.
  ///   - decimals: The number of decimals.
  /// - Returns: The percentage.
  public static func percent(_ fraction: Double, decimals: Int = 2) -> String {
    fixed(fraction * 100, decimals: decimals) + "%"
  }

  /// Returns a number with its noun, such as `1 step` and `1,875 steps`.
  ///
  /// - Parameters:
  ///   - number: The number.
  ///   - noun: The noun in the singular, whose plural has an `s`.
  /// - Returns: Both.
  public static func count(_ number: Int, _ noun: String) -> String {
    "\(grouped(number)) \(noun)\(number == 1 ? "" : "s")"
  }

  /// Returns an integer with its thousands apart, such as `2,770,634`.
  ///
  /// - Parameter value: The integer.
  /// - Returns: Its digits in groups of three.
  public static func grouped(_ value: some BinaryInteger) -> String {
    let digits = String(value.magnitude)
    var result = value < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { result += "," }
      result.append(digit)
    }
    return result
  }

  /// Returns a number of bytes in powers of 1024, with two decimals: the numbers that Keras prints,
  /// which calls MB what is MiB here.
  ///
  /// - Parameter count: The number of bytes, at least 0.
  /// - Returns: The size, such as `10.57 MiB`.
  public static func bytes(_ count: Int) -> String {
    require(count >= 0, "`count` must be at least 0, but is \(count).")
    var size = Double(count)
    var units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"][...]
    while size >= 1024, units.count > 1 {
      size /= 1024
      units.removeFirst()
    }
    return fixed(size, decimals: count < 1024 ? 0 : 2) + " " + (units.first ?? "")
  }

  /// Returns a count with three digits and a prefix of the SI, such as `5.94 M`.
  ///
  /// - Parameter count: The count, at least 0.
  /// - Returns: The count; all digits below 1,000.
  public static func scaled(_ count: Int) -> String {
    guard count >= 1_000 else { return "\(count)" }
    var (value, prefix) = (Double(count) / 1_000, 0)
    let prefixes = ["k", "M", "G", "T", "P", "E"]
    // What would be rounded to 1000 has the next prefix.
    while value >= 999.5, prefix + 1 < prefixes.count {
      (value, prefix) = (value / 1_000, prefix + 1)
    }
    let decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0
    return "\(fixed(value, decimals: decimals)) \(prefixes[prefix])"
  }

  /// Returns a duration such as `45 ms`, `12.3 s`, `2:07` or `1:02:07`.
  ///
  /// - Parameter seconds: The duration in seconds.
  /// - Returns: The duration, or `-:--` as by ``clock(_:)`` if it is NaN or negative.
  public static func duration(_ seconds: Double) -> String {
    switch seconds {
    case 0..<0.9995: fixed(seconds * 1000, decimals: 0) + " ms"
    case 0.9995..<59.95: fixed(seconds, decimals: 1) + " s"
    default: clock(seconds)
    }
  }

  /// Returns a duration in minutes and seconds, such as `0:12`, `2:07` or `1:02:07`.
  ///
  /// - Parameter seconds: The duration in seconds.
  /// - Returns: The duration rounded to seconds, or `-:--` if it is NaN, negative or 10⁹ or more.
  public static func clock(_ seconds: Double) -> String {
    guard seconds >= 0, seconds < 1e9 else { return "-:--" }
    let total = Int(seconds.rounded())
    let (hours, minutes) = (total / 3600, total / 60 % 60)
    let tail = twoDigits(total % 60)
    return hours > 0 ? "\(hours):\(twoDigits(minutes)):\(tail)" : "\(minutes):\(tail)"
  }

  private static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
