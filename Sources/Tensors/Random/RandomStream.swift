import Preconditions
import CKernels

/// A sequence of random numbers, determined by a seed, a stream, a substream and a position.
///
/// Everything random in Cairn (initial weights, data order, dropout masks) is drawn from such
/// streams, so that a checkpoint needs only a few integers to resume a run.
///
/// ```swift
/// var stream = RandomStream(seed: 42, stream: 1)
/// let noise = stream.uniform(in: -1..<1, count: 4)  // the same four numbers in every run
/// ```
public struct RandomStream: RandomNumberGenerator, Sendable {
  private let philox: Philox
  private let prefix: SIMD2<UInt32>
  private var index: UInt64 = 0
  private var buffered: UInt64?

  /// Creates a stream at its beginning.
  ///
  /// - Parameters:
  ///   - seed: The seed of the run.
  ///   - stream: The purpose of the numbers; streams of one seed are independent.
  ///   - substream: The part of the stream, such as an epoch or a step.
  public init(seed: UInt64, stream: UInt32, substream: UInt32 = 0) {
    philox = Philox(key: seed)
    prefix = [stream, substream]
  }

  /// Returns the next 64 random bits.
  public mutating func next() -> UInt64 {
    if let second = buffered {
      buffered = nil
      return second
    }
    let words = philox.block([
      UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32),
      prefix[0], prefix[1],
    ])
    index += 1
    buffered = UInt64(words[2]) | UInt64(words[3]) << 32
    return UInt64(words[0]) | UInt64(words[1]) << 32
  }

  /// Returns a number from a uniform distribution.
  ///
  /// - Parameter range: The range; the upper bound can occur only by rounding.
  /// - Returns: One of 2²⁴ equally spaced numbers.
  public mutating func uniform(in range: Range<Float>) -> Float {
    let unit = Float(next() >> 40) * 0x1p-24
    return range.lowerBound + (range.upperBound - range.lowerBound) * unit
  }

  /// Returns numbers from a uniform distribution, equal to those of `count` calls of
  /// ``uniform(in:)``.
  ///
  /// - Parameters:
  ///   - range: The range; the upper bound can occur only by rounding.
  ///   - count: The number of numbers, at least 0.
  /// - Returns: Multiples of 2⁻²⁴ of the range.
  public mutating func uniform(in range: Range<Float>, count: Int) -> [Float] {
    guard buffered == nil, count % 2 == 0 else {
      return (0..<count).map { _ in uniform(in: range) }
    }
    defer { index += UInt64(count / 2) }
    return unsafe [Float](unsafeUninitializedCapacity: count) { numbers, initialized in
      if let start = numbers.baseAddress {
        unsafe kernels.random_uniform(
          philox.seed, prefix[0], prefix[1], index, Int64(count), range.lowerBound,
          range.upperBound - range.lowerBound, start)
      }
      initialized = count
    }
  }

  /// Fills memory with the numbers of the stream in 0..<1 that ``uniform(in:)`` would return,
  /// from a position on, without advancing the stream.
  ///
  /// - Parameters:
  ///   - numbers: The destination.
  ///   - position: How many numbers to skip.
  ///   - count: How many numbers to write.
  func fillWithUniforms(
    _ numbers: UnsafeMutablePointer<Float>, from position: Int, count: Int
  ) {
    guard buffered == nil, position % 2 == 0 else {
      var stream = self
      for _ in 0..<position { _ = stream.next() }
      for place in 0..<count { unsafe numbers[place] = stream.uniform(in: 0..<1) }
      return
    }
    unsafe kernels.random_uniform(
      philox.seed, prefix[0], prefix[1], index + UInt64(position / 2), Int64(count), 0, 1,
      numbers)
  }

  /// Fills memory with coarse numbers from a uniform distribution: 2¹⁶ equally spaced values.
  ///
  /// Starts at the next block of the stream, and does not advance it.
  ///
  /// - Parameters:
  ///   - numbers: The memory.
  ///   - count: The number of numbers, at least 0.
  ///   - range: The range.
  func fillWithNoise(
    _ numbers: UnsafeMutablePointer<Float>, count: Int, in range: Range<Float>
  ) {
    unsafe kernels.random_noise(
      philox.seed, prefix[0], prefix[1], index, Int64(count), range.lowerBound,
      range.upperBound - range.lowerBound, numbers)
  }

  /// Returns an integer from a uniform distribution.
  ///
  /// The method is part of the checkpoint format, so it does not rely on the standard library.
  /// Source: D. Lemire, *Fast Random Integer Generation in an Interval*, ACM TOMACS 29(1), 2019,
  /// algorithm 5.
  ///
  /// - Parameters:
  ///   - count: The number of values, at least 1.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: A number in `0..<count`.
  public mutating func integer(below count: Int, file: StaticString = #fileID, line: UInt = #line)
    -> Int
  {
    require(
      count > 0, "The upper bound of a random integer must be at least 1, but is \(count).",
      file: file, line: line)
    let bound = UInt64(count)
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold {
        product = next().multipliedFullWidth(by: bound)
      }
    }
    return Int(product.high)
  }
}

extension RandomStream {
  /// Returns a number from the standard normal distribution.
  ///
  /// Source: G. Marsaglia, T. Bray, *A Convenient Method for Generating Normal Variables*, SIAM
  /// Review 6(3), 1964. The second number of each pair is discarded to keep the state simple.
  ///
  /// - Returns: A number with mean 0 and variance 1.
  public mutating func normal() -> Float {
    while true {
      let x = uniform(in: -1..<1)
      let y = uniform(in: -1..<1)
      let radius = x * x + y * y
      guard radius > 0, radius < 1 else { continue }
      return x * (-2 * log(radius) / radius).squareRoot()
    }
  }
}

/// The natural logarithm, with the same bits on every machine.
private func log(_ x: Float) -> Float {
  unsafe withUnsafePointer(to: x) { x in
    var result: Float = 0
    unsafe kernels.log(1, x, &result)
    return result
  }
}
