import Tensors

/// A score of how certain it is that a picture shows one of a classifier's classes.
///
/// Scores are computed from the logits divided by the temperature. A larger score means more
/// certain. Others were measured, and reject fewer pictures that show none of the classes: the
/// largest probability or logit, and the distance from the means of the classes in the last layer.
///
/// See ``Rejection`` for an example.
public enum RejectionScore: String, CaseIterable, Sendable {
  /// The negative free energy: the logarithm of the sum of the exponentials of the logits, without
  /// that of the rejected class.
  ///
  /// Source: W. Liu et al., *Energy-based Out-of-distribution Detection*, NeurIPS 2020.
  case energy

  /// The energy of the other classes minus the logit of the rejected class: the logarithm of the
  /// odds that the picture is not of that class. It needs a rejected class.
  case margin

  /// The score of a picture.
  ///
  /// - Parameters:
  ///   - logits: The logits, divided by the temperature; at least one is not of the rejected class.
  ///   - rejectedClass: The index of the rejected class; `nil` if there is none.
  /// - Returns: The score; NaN for ``margin`` without a rejected class.
  package func callAsFunction(_ logits: some Sequence<Double>, rejectedClass: Int?) -> Double {
    var others: [Double] = []
    var rejected = Double.nan
    for (label, logit) in logits.enumerated() {
      if label == rejectedClass { rejected = logit } else { others.append(logit) }
    }
    let energy = Self.logSumExp(others)
    return self == .energy ? energy : energy - rejected
  }

  /// The logarithm of the sum of exponentials, computed without overflow.
  ///
  /// - Parameter values: Numbers, at least one.
  /// - Returns: The logarithm.
  package static func logSumExp(_ values: [Double]) -> Double {
    let largest = values.max() ?? 0
    return largest + Elementary.log(values.reduce(0) { $0 + Elementary.exp($1 - largest) })
  }
}
