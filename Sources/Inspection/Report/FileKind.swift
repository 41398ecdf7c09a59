/// The kind of a file, determined by its content.
///
/// See ``Report`` for an example.
public enum FileKind: Equatable, Sendable {
  /// A checkpoint of this library.
  case cairn(format: Int)

  /// Keras 3 weights (`.weights.h5`).
  case kerasWeights

  /// A whole Keras model in one HDF5 file.
  case kerasModel

  /// Keras 2 weights.
  case kerasLegacyWeights

  /// A `.keras` archive: a zip file with the config and the weights of a model.
  case kerasArchive

  /// Keras 3 weights in several files, listed by a JSON file.
  case kerasShards

  /// A safetensors file.
  case safetensors

  /// Any other HDF5 file.
  case hdf5

  /// A stable identifier for use in JSON.
  public var identifier: String {
    switch self {
    case .cairn: "cairn"
    case .kerasWeights: "keras-weights"
    case .kerasModel: "keras-model"
    case .kerasLegacyWeights: "keras-legacy-weights"
    case .kerasArchive: "keras-archive"
    case .kerasShards: "keras-shards"
    case .safetensors: "safetensors"
    case .hdf5: "hdf5"
    }
  }
}

extension FileKind: CustomStringConvertible {
  /// A description for users.
  public var description: String {
    switch self {
    case .cairn(let format): "Cairn checkpoint (format \(format))"
    case .kerasWeights: "Keras 3 weights"
    case .kerasModel: "Keras model (legacy HDF5)"
    case .kerasLegacyWeights: "Keras 2 weights"
    case .kerasArchive: "Keras archive"
    case .kerasShards: "Keras 3 weights in several files"
    case .safetensors: "safetensors file"
    case .hdf5: "HDF5 file"
    }
  }
}
