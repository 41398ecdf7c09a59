import HDF5

/// What the error that `body` throws says, or that there was none.
func message<Result: ~Copyable>(_ body: () throws(HDF5Error) -> Result) -> String {
  do throws(HDF5Error) {
    _ = try body()
    return "no error"
  } catch {
    return error.description
  }
}

/// The bytes of a file in memory.
func bytes(_ image: borrowing FileImage) -> [UInt8] {
  unsafe image.withUnsafeBytes { unsafe Array($0) }
}

extension [UInt8] {
  /// The bytes written as `hex`, spaces left out.
  init(hex: String) {
    let digits = hex.filter { !$0.isWhitespace }.compactMap(\.hexDigitValue)
    self = stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
  }

  /// How often `pattern` occurs.
  func occurrences(of pattern: [UInt8]) -> Int {
    guard count >= pattern.count else { return 0 }
    return (0...count - pattern.count).count { self[$0...].starts(with: pattern) }
  }
}
