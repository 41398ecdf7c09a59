public import NeuralNetwork

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

  /// The file has other options of the optimizer, by their names in Keras; the optimizer keeps its own.
  case optimizerOptions(differing: [String])

  /// The file has other options of layers, by their names in Keras; the model keeps its own.
  case layerOptions(differing: [String])

  /// The file asks for something that is not done, such as regularizers in training.
  case notDone([ArchitectureNote])

  /// The note in one sentence.
  public var description: String {
    switch self {
    case .order(let layers, let paths):
      "nothing in the file tells \(layers.list) apart; they were taken to be \(paths.list)"
    case .learningRate(let rate):
      "the file holds no learning rate; the optimizer keeps its own, \(rate)"
    case .optimizerOptions(let options):
      "the optimizer goes on with options of its own: \(options.joined(separator: "; "))"
    case .layerOptions(let options):
      "the model keeps options of its own: \(options.joined(separator: "; "))"
    case .notDone(let things):
      "not done as the file asks: \(things.map(\.description).joined(separator: "; "))"
    case .unusedMomentum:
      "the file may be of SGD with momentum; the optimizer has none and does not take it over"
    }
  }
}

extension [String] {
  fileprivate var list: String { map { "'\($0)'" }.joined(separator: ", ") }
}
