/// What is one variable of a model, or of its optimizer, in each of two files.
package struct VariablePair: Equatable, Sendable {
  /// What the variable is, such as `d1/kernel`, if a description of the model tells.
  package let name: String?

  /// The variable of the first file; nil if it has none.
  package let first: StoredVariable?

  /// The variable of the second file; nil if it has none.
  package let second: StoredVariable?
}

extension [VariablePair] {
  /// How many variables are in both files and have the same shape, and how many are in both.
  var score: (fitting: Int, paired: Int) {
    reduce((0, 0)) { score, pair in
      guard let first = pair.first, let second = pair.second else { return score }
      return (score.0 + (first.shape == second.shape ? 1 : 0), score.1 + 1)
    }
  }
}
