public import CheckpointStore
public import Files
public import HDF5
public import JSON
public import NeuralNetwork
import Tensors

/// A checkpoint opened for reading: a Cairn checkpoint, or any weights file written by Keras.
///
/// The format is recognized by the content of the file, never by its name: weights and whole models
/// of Keras 3, tf_keras and Keras 2 in HDF5, `.keras` archives, sharded weights with a JSON index,
/// and safetensors files. Opening reads only the head of the file. Weights are read on request, and
/// then either all or none are loaded.
///
/// ```swift
/// let file = try CheckpointFile(opening: path)
/// let model = try file.loadModel()  // the code of its class is not needed
/// let logits = model.predict(Tensor(zeros: [1, 28, 28, 1]))  // [1, 10]
/// ```
public struct CheckpointFile: ~Copyable {
  /// The path with which the file was opened.
  public let path: String

  let container: Container

  private let modelConfigMemo = Memo<JSON?>()
  private let compileConfigMemo = Memo<JSON?>()

  /// The HDF5 file, or the first of several.
  package var file: File { _read { yield container.parts[0].file } }

  /// The state of the file's seal.
  ///
  /// Cairn checkpoints have a seal. Their bytes are verified as they are read; bytes that differ
  /// from the sealed ones are an error.
  public var seal: SealState { container.seal }

  /// Opens a checkpoint.
  ///
  /// - Parameter path: The path of the file.
  /// - Throws: ``CheckpointError`` if the file cannot be opened or was written by a newer version.
  public init(opening path: String) throws(CheckpointError) {
    let container = try Container(opening: path, limits: Limits())
    let version = try converting { () throws(HDF5Error) in
      try container.file.root.attribute("checkpoint_format_version")
    }
    if case .int(let version)? = version, version > Int64(KerasLayout.formatVersion) {
      throw .unsupportedVersion(path: path, found: Int(version))
    }
    self.path = path
    self.container = container
  }

  /// Opens any HDF5 file for inspection, even if it is not a usable checkpoint.
  ///
  /// - Parameters:
  ///   - disk: The file, which is read only through its descriptor.
  ///   - path: Its path, for errors, and to find shards beside it.
  ///   - limits: The limits on reading.
  ///   - ignoresSeal: Whether bytes are read without verifying them against the seal. Otherwise a
  ///     broken seal is an error, and so is every read of bytes that differ from the sealed ones.
  /// - Throws: ``CheckpointError`` if the file cannot be opened.
  public init(
    examining disk: DiskFile, named path: String, limits: Limits = Limits(),
    ignoresSeal: Bool = false
  ) throws(CheckpointError) {
    container = try Container(disk, named: path, limits: limits, ignoresSeal: ignoresSeal)
    self.path = path
  }

  /// Reads the architecture of the model.
  ///
  /// - Returns: The layers, unbuilt.
  /// - Throws: ``CheckpointError`` if the file has no model config or an unsupported one.
  public func architecture() throws(CheckpointError) -> Architecture {
    // Before parsing, because this advice is of more use than a syntax error.
    if let version = kerasVersion, version.hasPrefix("1."), try modelConfiguration() != nil {
      throw isKeras1(version)
    }
    guard let config = try modelConfig() else { throw noArchitecture }
    do throws(KerasError) {
      return try Architecture(kerasConfig: config, kerasVersion: kerasVersion)
    } catch {
      // Versions before 1.2 did not write a version.
      guard kerasVersion == nil, let text = try modelConfiguration(),
        ["\"output_dim\"", "\"nb_filter\""].contains(where: text.contains)
      else { throw .model(path: path, error) }
      throw isKeras1("1")
    }
  }

  /// The error of a file that does not describe the model.
  var noArchitecture: CheckpointError {
    format == .safetensors
      ? .noArchitecture(path: path, place: SafetensorsFormat.placeOfConfig)
      : .noArchitecture(path: path)
  }

  /// Reads the input shapes of the model, also if its layers are not supported.
  ///
  /// - Returns: The shapes, without the batch axis.
  /// - Throws: ``CheckpointError`` if the file does not contain it.
  func inputShapes() throws(CheckpointError) -> [Shape] {
    guard let config = try modelConfig() else {
      throw .content(
        path: path, object: "/",
        problem: "has no model_config, so the shape of the input is not known")
    }
    do {
      return try Architecture.inputShapes(kerasConfig: config)
    } catch {
      throw .model(path: path, error)
    }
  }

  /// The version of Keras that wrote the file, if the file contains it.
  public var kerasVersion: String? {
    if let version = container.kerasVersion { return version }
    guard let value = try? attribute("keras_version"), case .string(let version) = value else {
      return nil
    }
    return version
  }

  /// The classes of the model's layers, in Keras's order, with the number of units or filters:
  /// `Dense(10)`.
  ///
  /// - Throws: ``CheckpointError`` if the file has no model config or an unsupported one.
  package func layerClasses() throws(CheckpointError) -> [String] {
    try architecture().layers.map { layer in
      let size = layer.config["units"] ?? layer.config["filters"]
      return layer.classNameInFiles + (size?.integer.map { "(\($0))" } ?? "")
    }
  }

  private func isKeras1(_ version: String) -> CheckpointError {
    .content(
      path: path, object: "/@model_config",
      problem:
        "is of Keras \(version == "1" ? version : "1 (\(version))"), whose layers have other "
        + "options; load the model in Keras 2.0 to 2.3, which converts it, and save it there")
  }

  /// Whether the file describes the layers of the model.
  ///
  /// It does not if it contains only weights, or the model of a custom class.
  ///
  /// - Throws: ``CheckpointError`` if the description cannot be read.
  public var describesModel: Bool {
    get throws(CheckpointError) {
      try describedArchitecture() != nil
    }
  }

  /// Reads the architecture of the model; `nil` if the file contains only weights, or the model of
  /// a custom class.
  ///
  /// - Throws: ``CheckpointError`` if the description cannot be read.
  func describedArchitecture() throws(CheckpointError) -> Architecture? {
    do throws(CheckpointError) { return try architecture() } catch {
      switch error {
      case .noArchitecture, .model(_, .unsupportedModel): return nil
      default: throw error
      }
    }
  }

  /// Reads the compile config of the model: optimizer, loss and metrics, in Keras's format.
  ///
  /// It is `compile_config` in an archive, with the key `optimizer`, and `training_config` in an
  /// HDF5 file, with the key `optimizer_config`.
  ///
  /// - Returns: The config; `nil` if the model was not compiled or the file does not contain one.
  /// - Throws: ``CheckpointError`` if it cannot be read.
  public func compileConfig() throws(CheckpointError) -> JSON? {
    if container.configuration != nil { return try modelConfig()?["compile_config"] }
    return try compileConfigMemo.value { () throws(CheckpointError) in
      guard let text = try configuration("training_config") else { return nil }
      do throws(JSONError) { return try JSON(parsing: text) } catch {
        throw .content(path: path, object: "/@training_config", problem: "is not JSON")
      }
    }
  }

  /// Reads the model config in Keras's format, which is parsed once.
  ///
  /// ``ConfiguredModel`` lists its layers, ``architecture()`` creates them.
  ///
  /// - Returns: The config; `nil` if the file has none.
  /// - Throws: ``CheckpointError`` if it cannot be read or is not JSON.
  public func modelConfig() throws(CheckpointError) -> JSON? {
    try modelConfigMemo.value { () throws(CheckpointError) in
      guard let text = try modelConfiguration() else { return nil }
      do throws(KerasError) { return try JSON(kerasConfig: text) } catch {
        throw .model(path: path, error)
      }
    }
  }

  /// The text of the model config: `config.json` in an archive, or else an attribute.
  package func modelConfiguration() throws(CheckpointError) -> String? {
    if let text = container.configuration { return text }
    return try configuration("model_config")
  }

  /// Reads an attribute of the root, such as `keras_version`.
  ///
  /// - Parameter name: The name of the attribute.
  /// - Returns: The value; `nil` if there is no such attribute.
  /// - Throws: ``CheckpointError`` if it cannot be read.
  public func attribute(_ name: String) throws(CheckpointError) -> AttributeValue? {
    try converting { () throws(HDF5Error) in try file.root.attribute(name) }
  }

  /// The text of a config in an attribute of the root.
  private func configuration(_ name: String) throws(CheckpointError) -> String? {
    guard case .string(let text)? = try attribute(name) else { return nil }
    return text
  }
}
