import Tensors

/// Hands out random streams while a layer or model is built, one for each weight.
///
/// The outermost layer that is built makes the source from its seed, and the layers inside it draw
/// from it in the order in which they are built, so one seed decides all weights of a model.
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

  /// A seed for a layer that goes on drawing after it is built.
  func nextSeed() -> UInt64 {
    var stream = nextStream()
    return stream.next()
  }
}
