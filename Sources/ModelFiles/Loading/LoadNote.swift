public import NeuralNetwork

/// A note for the user about a decision made while loading a file.
///
/// ```swift
/// let file = try CheckpointFile(opening: path)
/// try file.load(model, optimizer)
/// for note in try file.notes(for: model, optimizer) { print(note) }  // decisions to look at
/// ```
public enum LoadNote: Equatable, Sendable, CustomStringConvertible {
  /// The order of layers with equal shapes is likely but not certain, because their names do not
  /// determine it.
  case order(layers: [String], paths: [String])

  /// The file does not contain the learning rate, so the optimizer keeps its own.
  case learningRate(kept: Float)

  /// The file contains a momentum for each variable, which the optimizer without momentum ignores.
  ///
  /// Files of tf_keras contain them also for SGD without momentum.
  case unusedMomentum

  /// The options of the optimizer in the file differ, by their names in Keras; the optimizer keeps
  /// its own.
  case optimizerOptions(differing: [String])

  /// The options of layers in the file differ, by their names in Keras; the model keeps its own.
  case layerOptions(differing: [String])

  /// The file contains something unsupported that is ignored, such as regularizers in training.
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
