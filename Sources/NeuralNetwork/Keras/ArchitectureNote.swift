/// A feature of a file that the loaded model does not support.
///
/// ```swift
/// let file = try CheckpointFile(opening: path)
/// for note in Architecture(try file.loadModel())?.notes ?? [] where note.isLost {
///   print("a new file would lose this: \(note)")
/// }
/// ```
public enum ArchitectureNote: Hashable, Sendable, CustomStringConvertible {
  /// Training does not apply some regularizers or constraints of a layer, those of classes that
  /// Keras does not have; files keep them.
  case notApplied(layer: String, options: [String])

  /// A layer cannot be trained; `gap` is a phrase that follows "training".
  case notTrainable(layer: String, gap: String)

  /// Unknown options of a layer, which are ignored.
  case unknownOptions(layer: String, options: [String])

  /// A `channels_first` layer is computed with channels last, between two permutations.
  case channelsLast(layer: String)

  /// A mask reaches a layer of attention and others; Keras 3 removes it after the first of them.
  case keptMask(layer: String)

  /// The Python function of a `Lambda` layer, which is not run, is computed by a ``Rescaling``
  /// layer.
  case lambda(layer: String, function: String)

  /// In training, batch normalization in a ``TimeDistributed`` layer takes its statistics of each
  /// step alone, as in Keras 3, and not of all steps, as in Keras 2.
  case stepStatistics(layer: String)

  /// The file uses another precision.
  case precision(String)

  /// Whether files written from the model lose the feature.
  public var isLost: Bool {
    switch self {
    case .notApplied, .notTrainable, .keptMask, .stepStatistics: false
    case .unknownOptions, .channelsLast, .precision, .lambda: true
    }
  }

  /// The note in one sentence without a period.
  public var description: String {
    switch self {
    case .notApplied(let layer, let options):
      "training does not apply \(options.joined(separator: ", ")) of the layer '\(layer)'"
    case .notTrainable(let layer, let gap):
      "the layer '\(layer)' cannot be trained: in Keras, training \(gap)"
    case .unknownOptions(let layer, let options):
      "\(options.joined(separator: ", ")) of the layer '\(layer)', which is unknown and ignored"
    case .channelsLast(let layer):
      "the data format channels_first of the layer '\(layer)', which computes with channels_last "
        + "between Permute layers"
    case .keptMask(let layer):
      "a mask that reaches the layer '\(layer)' and others counts in all of them; Keras 3 removes "
        + "it after the first one"
    case .lambda(let layer, let function):
      "the Python code of the Lambda layer '\(layer)', which is not run: a Rescaling layer "
        + "computes \(function)"
    case .stepStatistics(let layer):
      "in training, BatchNormalization in the layer '\(layer)' takes its statistics of each step "
        + "alone, as in Keras 3"
    case .precision(let name):
      "the precision \(name), everything is computed in 32 bits"
    }
  }
}
