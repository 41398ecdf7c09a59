/// A model from a file whose gradients would take too much memory.
///
/// See ``ExplanationError`` for an example.
public struct GradientMemoryError: Error, Hashable, Sendable {
  /// Why it is too much.
  public enum Reason: Hashable, Sendable {
    /// The results of the layers are larger than known models have for such an input and so many
    /// weights.
    case implausible

    /// So much memory is not available.
    case unavailable
  }

  /// Why it is too much.
  public let reason: Reason

  /// The layer with the largest results, if there is one.
  public let layer: String?

  /// The number of examples in a batch.
  public let examples: Int

  /// The bytes that gradients would take.
  public let bytes: Double

  /// The limit in bytes.
  public let limit: Double

  /// The largest number of examples whose gradients fit; 0 if those of one do not.
  public let fitting: Int
}

extension GradientMemoryError: CustomStringConvertible {
  /// The problem in one sentence.
  public var description: String {
    func mebibytes(_ count: Double) -> String {
      "\(Int(min(count / 0x1p20, 0x1p62).rounded())) MiB"
    }
    let batch = examples == 1 ? "one example" : "a batch of \(examples) examples"
    let room = fitting == 0 ? "too little for one example" : "enough for \(fitting) at once"
    return "The gradients of \(batch) would take \(mebibytes(bytes)), "
      + (layer.map { "most of it for the layer '\($0)'" } ?? "most of it for the weights")
      + (reason == .implausible
        ? "; a model with so small an input and so few weights gets \(mebibytes(limit)), \(room)"
        : ", and \(mebibytes(limit)) are available, \(room)")
  }
}
