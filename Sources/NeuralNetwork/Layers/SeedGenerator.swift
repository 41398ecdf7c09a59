public import Tensors

/// A random number generator of a layer, for example for ``Dropout``'s masks.
///
/// Its state is two integers. A checkpoint stores them, so that a resumed run draws the same
/// numbers as an uninterrupted one.
///
/// ```swift
/// final class Noise: Layer {
///   let generator = SeedGenerator()
///   override var seedGenerators: [SeedGenerator] { [generator] }  // saved with the run
///
///   override func call(_ x: Tensor, training: Bool) -> Tensor {
///     guard training else { return x }
///     var stream = generator.next()  // other numbers in each call
///     return x + Tensor(stream.uniform(in: -0.1..<0.1, count: x.scalars.count), shape: x.shape)
///   }
/// }
/// ```
public final class SeedGenerator {
  /// The seed, drawn when the layer is built.
  public var seed: UInt64

  /// The number of streams returned so far.
  public var counter: UInt64 = 0

  /// Creates a generator.
  ///
  /// - Parameter seed: The seed, until the owning layer replaces it when it is built.
  public init(seed: UInt64 = 0) {
    self.seed = seed
  }

  /// Returns the next stream of random numbers.
  ///
  /// - Returns: A stream that differs from those of all other calls.
  public func next() -> RandomStream {
    defer { counter += 1 }
    return RandomStream(
      seed: seed, stream: UInt32(truncatingIfNeeded: counter),
      substream: UInt32(truncatingIfNeeded: counter >> 32))
  }
}
