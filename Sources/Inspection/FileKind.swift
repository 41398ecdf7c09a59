/// What kind of file it is, by its content.
public enum FileKind: Equatable, Sendable {
  /// A checkpoint of this library.
  case cairn(format: Int)

  /// Weights as Keras 3 saves them, `.weights.h5`.
  case kerasWeights

  /// A whole model as Keras saves it into one HDF5 file.
  case kerasModel

  /// Weights as Keras 2 saved them.
  case kerasLegacyWeights

  /// A `.keras` archive: a zip of the configuration and the weights of a model.
  case kerasArchive

  /// Weights of Keras 3 in several files, and a JSON file that names them.
  case kerasShards

  /// Any other HDF5 file.
  case hdf5

  /// A short name that does not change, for programs.
  public var identifier: String {
    switch self {
    case .cairn: "cairn"
    case .kerasWeights: "keras-weights"
    case .kerasModel: "keras-model"
    case .kerasLegacyWeights: "keras-legacy-weights"
    case .kerasArchive: "keras-archive"
    case .kerasShards: "keras-shards"
    case .hdf5: "hdf5"
    }
  }
}

extension FileKind: CustomStringConvertible {
  /// The kind in words.
  public var description: String {
    switch self {
    case .cairn(let format): "Cairn checkpoint (format \(format))"
    case .kerasWeights: "Keras 3 weights"
    case .kerasModel: "Keras model (legacy HDF5)"
    case .kerasLegacyWeights: "Keras 2 weights"
    case .kerasArchive: "Keras archive"
    case .kerasShards: "Keras 3 weights in several files"
    case .hdf5: "HDF5 file"
    }
  }
}
