/// A variable of a model or of its optimizer, in each of two files.
///
/// See ``ModelPairs`` for an example.
public struct VariablePair: Equatable, Sendable {
  /// The name of the variable, such as `d1/kernel`, if a file describes the model.
  public let name: String?

  /// The variable in the first file; `nil` if there is none.
  public let first: StoredVariable?

  /// The variable in the second file; `nil` if there is none.
  public let second: StoredVariable?
}

extension [VariablePair] {
  /// The number of variables in both files with the same shape, and the number in both files.
  var score: (fitting: Int, paired: Int) {
    reduce((0, 0)) { score, pair in
      guard let first = pair.first, let second = pair.second else { return score }
      return (score.0 + (first.shape == second.shape ? 1 : 0), score.1 + 1)
    }
  }
}
