/// Something that was decided while a file was read, and that its user should know.
public enum LoadNote: Equatable, Sendable, CustomStringConvertible {
  /// Layers of equal shapes could not be told apart by their names, and were taken in an order that
  /// is likely but not certain.
  case order(layers: [String], paths: [String])

  /// The file does not hold the optimizer's learning rate, so the optimizer keeps its own.
  case learningRate(kept: Float)

  /// The file holds a momentum for each variable, as tf_keras writes for SGD without momentum too; the
  /// optimizer has no momentum and does not take them over.
  case unusedMomentum

  /// The note in one sentence.
  public var description: String {
    switch self {
    case .order(let layers, let paths):
      "nothing in the file tells \(layers.list) apart; they were taken to be \(paths.list)"
    case .learningRate(let rate):
      "the file holds no learning rate; the optimizer keeps its own, \(rate)"
    case .unusedMomentum:
      "the file may be of SGD with momentum; the optimizer has none and does not take it over"
    }
  }
}

extension [String] {
  fileprivate var list: String { map { "'\($0)'" }.joined(separator: ", ") }
}
