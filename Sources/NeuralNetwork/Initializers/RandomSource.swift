import Tensors

/// The source of random streams while a layer or model is built, one stream for each weight.
///
/// The outermost layer creates the source from its seed. Inner layers draw from it in the order in
/// which they are built, so that one seed determines all weights of a model.
final class RandomSource {
  private let seed: UInt64
  private var streams: UInt32 = 0

  init(seed: UInt64?) {
    self.seed = seed ?? .random(in: .min ... .max)
  }

  func nextStream() -> RandomStream {
    streams += 1
    return RandomStream(seed: seed, stream: streams)
  }

  /// A seed for the generator of a layer that draws random numbers after it is built.
  func nextSeed() -> UInt64 {
    var stream = nextStream()
    return stream.next()
  }
}
