import Tensors

/// How a model's output became the probabilities of classes.
public enum OutputKind: String, Sendable, Encodable {
  /// The output adds up to 1: it was taken as it is.
  case probabilities
  /// Each number is a probability by itself, which need not add up to 1: they were taken as they
  /// are; of a single one, the two classes 0 and 1 were made.
  case sigmoid
  /// The output is logits, of which the softmax was taken.
  case logits
}

extension OutputKind {
  /// Makes probabilities of a model's output.
  ///
  /// - Parameters:
  ///   - output: The numbers for one picture, all finite.
  ///   - meaning: What the layers say about them.
  ///   - isBinary: Whether the model was trained with a binary cross entropy.
  /// - Returns: The probability of each class, and how it was found; `nil` if a single number is
  ///   no probability.
  static func probabilities(
    of output: [Float], meaning: OutputMeaning, isBinary: Bool
  ) -> (kind: OutputKind, probabilities: [Float])? {
    // Rounding in 32 bits, of a thousand classes.
    let addsUpToOne = output.allSatisfy { $0 >= 0 } && abs(output.reduce(0, +) - 1) < 1e-3
    let areFractions = output.allSatisfy { (0...1.001).contains($0) }
    switch meaning {
    case .shares where addsUpToOne, .unknown where addsUpToOne && output.count > 1:
      return (.probabilities, output)
    case .fractions where areFractions, .shares where areFractions:
      return (.sigmoid, binary(output))
    case .logits where isBinary:
      return (.sigmoid, binary(Tensor(output).sigmoid().scalars))
    default:
      guard output.count > 1 else { return nil }
      return (.logits, Tensor(output, shape: [1, output.count]).softmax().scalars)
    }
  }

  private static func binary(_ output: [Float]) -> [Float] {
    output.count == 1 ? [1 - output[0], output[0]] : output
  }
}
