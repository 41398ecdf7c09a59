import Tensors

/// The keys of the random numbers of a degradation, one for each part.
struct DegradationSeeds: Sendable {
  let thickness, lines, cut, coarse, blur, contrast, noise, grain: UInt64

  /// Draws the keys from the stream of an augmenter.
  init(_ stream: inout RandomStream) {
    (thickness, lines, cut, coarse) = (stream.next(), stream.next(), stream.next(), stream.next())
    (blur, contrast, noise, grain) = (stream.next(), stream.next(), stream.next(), stream.next())
  }
}
