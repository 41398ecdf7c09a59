public import HDF5
import JSON

/// The contents of the file, for which no model is needed.
extension CheckpointFile {
  /// The format of the file, recognized by its content.
  public enum Format: Equatable, Sendable {
    /// One HDF5 file.
    case hdf5
    /// A `.keras` archive: a zip of `config.json`, `metadata.json` and `model.weights.h5`.
    case kerasArchive
    /// A JSON index of weights that are sharded over several HDF5 files.
    case shards
    /// A safetensors file, of which the tensors are shown as an HDF5 file.
    case safetensors
  }

  /// An open HDF5 file, or one inside an archive.
  public final class Part: Sendable {
    /// The path of the file, or of the archive that contains it.
    public let path: String
    /// The objects in the file.
    public let file: File

    init(_ path: String, _ file: consuming File) {
      self.path = path
      self.file = file
    }
  }

  /// The format of the file, recognized by its content.
  public var format: Format { container.format }

  /// The HDF5 files, at least one; several only if the weights are sharded.
  public var parts: [Part] { container.parts }

  /// The total size of all files, in bytes.
  public var size: Int { container.size }

  /// Opens the dataset at a path, in the part that contains it.
  ///
  /// - Parameter path: The path of the dataset, such as ``StoredVariable/path``.
  /// - Returns: The dataset, whose elements are read on request.
  /// - Throws: `HDF5Error` if there is no dataset at the path, or it cannot be opened.
  public func dataset(at path: String) throws(HDF5Error) -> Dataset {
    try container.dataset(at: path)
  }

  /// Reads how pictures are prepared for the model, and what its classes are called.
  ///
  /// - Returns: The config; `nil` if the file contains none.
  /// - Throws: ``CheckpointError`` if it cannot be read, or is none.
  public func pictureConfig() throws(CheckpointError) -> PictureConfig? {
    let place = KerasLayout.pictureConfig
    let text = try converting { () throws(HDF5Error) -> String? in
      guard try container.file.root.contains(place) else { return nil }
      return try container.file.root.dataset(at: place).readStrings().first
    }
    guard let text else { return nil }
    guard let json = try? JSON(parsing: text), let config = PictureConfig(json: json) else {
      throw .content(path: path, object: "/\(place)", problem: "is not a config of pictures")
    }
    return config
  }

  /// Finds the layers and their variables, in any layout of Keras.
  ///
  /// - Returns: The layers, without the values of their variables; `nil` if the file contains none.
  /// - Throws: ``CheckpointError`` if a group cannot be read.
  public func storedWeights() throws(CheckpointError) -> StoredWeights? {
    try StoredWeights(of: container)
  }

  /// Finds the state of the optimizer, in any layout of Keras.
  ///
  /// - Returns: Its variables, without their values; `nil` if the file contains none.
  /// - Throws: ``CheckpointError`` if a group cannot be read.
  public func storedOptimizer() throws(CheckpointError) -> StoredOptimizer? {
    try StoredOptimizer(of: container)
  }
}
