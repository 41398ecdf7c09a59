/// Something that a file asks for and that a model read from it does not do.
public enum ArchitectureNote: Hashable, Sendable, CustomStringConvertible {
  /// Training does not apply regularizers or constraints of a layer; they are kept.
  case notApplied(layer: String, options: [String])

  /// A layer cannot be trained: what it does in training, to follow "training".
  case notTrainable(layer: String, gap: String)

  /// Options of a layer that are not known, and are ignored.
  case unknownOptions(layer: String, options: [String])

  /// A layer for images with channels first computes with channels last, between two permutations.
  case channelsLast(layer: String)

  /// The file asks for numbers of another precision.
  case precision(String)

  /// Whether a file that is written from the model lacks it.
  public var isLost: Bool {
    switch self {
    case .notApplied, .notTrainable: false
    case .unknownOptions, .channelsLast, .precision: true
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
    case .precision(let name):
      "the precision \(name), everything is computed in 32 bits"
    }
  }
}
