/// A number type whose values are compared between files.
protocol Comparand: Sendable {
  /// The number, rounded if a double cannot represent it.
  var value: Double { get }

  /// The exact number.
  var element: Element { get }

  /// Whether two numbers have the same bits.
  func isIdentical(to other: Self) -> Bool

  /// The absolute difference of two finite numbers, unlike `distance(to:)` of `Double`.
  func difference(from other: Self) -> Double

  /// The distance of two finite numbers in units in the last place (ULP); `nil` for integers.
  func steps(to other: Self) -> UInt64?
}

extension Comparand {
  func difference(from other: Self) -> Double { abs(value - other.value) }
}

extension Float: Comparand {
  var value: Double { Double(self) }
  var element: Element { .float(self) }
  func isIdentical(to other: Float) -> Bool { bitPattern == other.bitPattern }
  func steps(to other: Float) -> UInt64? {
    Inspection.steps(
      UInt64(bitPattern & 0x7FFF_FFFF), sign == .minus, UInt64(other.bitPattern & 0x7FFF_FFFF),
      other.sign == .minus)
  }
}

extension Double: Comparand {
  var value: Double { self }
  var element: Element { .double(self) }
  func isIdentical(to other: Double) -> Bool { bitPattern == other.bitPattern }
  func steps(to other: Double) -> UInt64? {
    Inspection.steps(
      magnitude.bitPattern, sign == .minus, other.magnitude.bitPattern, other.sign == .minus)
  }
}

extension Int64: Comparand {
  var value: Double { Double(self) }
  var element: Element { .integer(self) }
  func isIdentical(to other: Int64) -> Bool { self == other }
  func difference(from other: Int64) -> Double {
    Double(self > other ? UInt64(bitPattern: self &- other) : UInt64(bitPattern: other &- self))
  }
  func steps(to other: Int64) -> UInt64? { nil }
}

extension UInt64: Comparand {
  var value: Double { Double(self) }
  var element: Element { .unsigned(self) }
  func isIdentical(to other: UInt64) -> Bool { self == other }
  func difference(from other: UInt64) -> Double {
    Double(self > other ? self - other : other - self)
  }
  func steps(to other: UInt64) -> UInt64? { nil }
}

/// A 32-bit number that has 16 bits in the file.
protocol ShortFloat: Comparand {
  /// The number.
  var float: Float { get }

  /// The bits in the file.
  var bits: UInt16 { get }

  /// Creates a number that 16 bits can represent.
  init(_ float: Float)
}

extension ShortFloat {
  var value: Double { Double(float) }
  var element: Element { .float(float) }
  func isIdentical(to other: Self) -> Bool { float.bitPattern == other.float.bitPattern }
  func steps(to other: Self) -> UInt64? {
    Inspection.steps(
      UInt64(bits & 0x7FFF), bits >> 15 == 1, UInt64(other.bits & 0x7FFF), other.bits >> 15 == 1)
  }
}

/// An IEEE 754 half-precision number.
struct HalfFloat: ShortFloat {
  let float: Float
  var bits: UInt16 { Float16(float).bitPattern }

  init(_ float: Float) { self.float = float }
}

/// A bfloat16: the upper half of a 32-bit number.
struct BrainFloat: ShortFloat {
  let float: Float
  var bits: UInt16 { UInt16(truncatingIfNeeded: float.bitPattern >> 16) }

  init(_ float: Float) { self.float = float }
}

/// The distance of two numbers in ULP, from the bits of their magnitudes.
///
/// The two zeros are equal.
private func steps(_ a: UInt64, _ aIsNegative: Bool, _ b: UInt64, _ bIsNegative: Bool) -> UInt64 {
  aIsNegative == bIsNegative ? (a > b ? a - b : b - a) : a + b
}
