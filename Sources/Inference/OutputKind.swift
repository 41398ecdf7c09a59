import Tensors

/// The conversion of a model's output to class probabilities.
///
/// See ``Preprocessing`` for an example.
public enum OutputKind: String, Sendable {
  /// The output sums to 1 and is used unchanged.
  case probabilities
  /// Each number is an independent probability and is used unchanged; a single one gives the
  /// classes 0 and 1.
  case sigmoid
  /// The output consists of logits, to which softmax is applied.
  case logits
}

extension OutputKind {
  /// Converts a model's output to probabilities.
  ///
  /// - Parameters:
  ///   - output: The output for one image, all finite.
  ///   - meaning: The meaning of the output, inferred from the layers.
  ///   - isBinary: Whether the model was compiled with a binary cross-entropy.
  /// - Returns: The probability of each class, and the kind of conversion; `nil` if the output is a
  ///   single number that is not a probability.
  static func probabilities(
    of output: [Float], meaning: OutputMeaning, isBinary: Bool
  ) -> (kind: OutputKind, probabilities: [Float])? {
    // The tolerance allows for single-precision rounding with a thousand classes.
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
