public import Tensors

/// The source of the random numbers that a layer draws in training, such as ``Dropout``'s masks.
///
/// Its whole state is two integers, which a checkpoint keeps, so a resumed run draws the numbers
/// that it would have drawn.
public final class SeedGenerator {
  /// The seed, drawn when the layer is built.
  public var seed: UInt64

  /// How many streams have been drawn.
  public var counter: UInt64 = 0

  /// Creates a generator.
  ///
  /// - Parameter seed: The seed; the layer that owns the generator replaces it when it is built.
  public init(seed: UInt64 = 0) {
    self.seed = seed
  }

  /// Returns the next stream of random numbers.
  ///
  /// - Returns: A stream that no other call returns.
  public func next() -> RandomStream {
    defer { counter += 1 }
    return RandomStream(
      seed: seed, stream: UInt32(truncatingIfNeeded: counter),
      substream: UInt32(truncatingIfNeeded: counter >> 32))
  }
}
