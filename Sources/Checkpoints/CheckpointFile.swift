package import HDF5
public import JSON
public import NeuralNetwork
import Tensors

/// A checkpoint that is open for reading: one of ours, or any file of weights that Keras writes.
///
/// What a file is, is told by its content and never by its name: weights and whole models of Keras 3,
/// of tf_keras and of Keras 2 in HDF5, `.keras` archives, and weights in several files with a JSON
/// file that names them. Opening reads the head of the file only; weights are read when they are asked
/// for, and then either all of them are taken over or none.
public struct CheckpointFile: ~Copyable {
  /// The path that the file was opened with.
  public let path: String

  package let container: Container

  /// The HDF5 file, or the first of several.
  package var file: File { _read { yield container.parts[0].file } }

  /// What its seal says of the file.
  ///
  /// A file of ours has one. Whether its bytes are those that were sealed is found out as they are read:
  /// those that are not are an error.
  public var seal: SealState { container.seal }

  /// Opens a checkpoint.
  ///
  /// - Parameter path: The path of the file.
  /// - Throws: ``CheckpointError`` if the file cannot be opened or was written by a newer version.
  public init(opening path: String) throws(CheckpointError) {
    let container = try Container(opening: path, limits: Limits())
    let version = try reading { () throws(HDF5Error) in
      try container.file.root.attribute("checkpoint_format_version")
    }
    if case .int(let version)? = version, version > Int64(KerasLayout.formatVersion) {
      throw .unsupportedVersion(path: path, found: Int(version))
    }
    self.path = path
    self.container = container
  }

  /// Opens any HDF5 file, to be looked at: it need not be a checkpoint that can be used.
  ///
  /// - Parameters:
  ///   - disk: The file.
  ///   - path: Its path.
  ///   - limits: How much may be read from it.
  ///   - ignoresSeal: Whether the bytes are taken as they are, though the seal may say that they have changed.
  /// - Throws: ``CheckpointError`` if the file cannot be opened.
  package init(
    examining disk: DiskFile, named path: String, limits: Limits, ignoresSeal: Bool = false
  ) throws(CheckpointError) {
    container = try Container(disk, named: path, limits: limits, ignoresSeal: ignoresSeal)
    self.path = path
  }

  /// Reads what the model is made of.
  ///
  /// - Returns: The layers, unbuilt.
  /// - Throws: ``CheckpointError`` if the file does not say, or not in a way that is supported.
  public func architecture() throws(CheckpointError) -> Architecture {
    guard let text = try modelConfiguration() else { throw .noArchitecture(path: path) }
    if let version = kerasVersion, version.hasPrefix("1.") { throw isKeras1(version) }
    do {
      return try Architecture(kerasConfig: JSON(kerasConfig: text), kerasVersion: kerasVersion)
    } catch {
      // Before 1.2 there was no version in files.
      let isOld = ["\"output_dim\"", "\"nb_filter\""].contains(where: text.contains)
      guard isOld, kerasVersion == nil else { throw .model(path: path, error) }
      throw isKeras1("1")
    }
  }

  /// Reads the shape of the model's input, which does not depend on whether its layers are known here.
  ///
  /// - Returns: The shape, without the batch axis.
  /// - Throws: ``CheckpointError`` if the file does not tell it.
  func inputShape() throws(CheckpointError) -> Shape {
    guard let text = try modelConfiguration() else {
      throw .content(
        path: path, object: "/",
        problem: "has no model_config, so the shape of the input is not known")
    }
    do {
      return try Architecture.inputShape(kerasConfig: JSON(kerasConfig: text))
    } catch {
      throw .model(path: path, error)
    }
  }

  /// The version of the Keras that wrote the file, if the file says it.
  package var kerasVersion: String? {
    if let version = container.kerasVersion { return version }
    guard let value = try? attribute("keras_version"), case .string(let version) = value else {
      return nil
    }
    return version
  }

  /// The classes of the model's layers, in Keras's order, with the number of units or filters: `Dense(10)`.
  ///
  /// - Throws: ``CheckpointError`` if the file does not say, or not in a way that is supported.
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

  /// Whether the file tells the layers of the model: weights alone do not, nor does a model of a class of
  /// its own.
  ///
  /// - Throws: ``CheckpointError`` if what the file tells cannot be read.
  public var describesModel: Bool {
    get throws(CheckpointError) {
      guard try modelConfiguration() != nil else { return false }
      do throws(CheckpointError) {
        _ = try architecture()
        return true
      } catch {
        if case .model(_, .unsupportedModel) = error { return false }
        throw error
      }
    }
  }

  /// Reads what the model was compiled with: optimizer, loss and metrics, in Keras's words.
  ///
  /// It is `compile_config` in an archive, with a key `optimizer`, and `training_config` in an HDF5
  /// file, with a key `optimizer_config`.
  ///
  /// - Returns: The configuration; nil if the model was not compiled or the file does not say.
  /// - Throws: ``CheckpointError`` if it cannot be read.
  public func compileConfig() throws(CheckpointError) -> JSON? {
    do throws(KerasError) {
      if let text = container.configuration {
        return try JSON(kerasConfig: text)["compile_config"]
      }
    } catch {
      throw .model(path: path, error)
    }
    guard case .string(let text)? = try attribute("training_config") else { return nil }
    do {
      return try JSON(parsing: text)
    } catch {
      throw .content(path: path, object: "/@training_config", problem: "is not JSON")
    }
  }

  /// Reads the state of the run.
  ///
  /// - Returns: The state; `nil` if the file holds none, as files of Keras do.
  /// - Throws: ``CheckpointError`` if there is one that cannot be read.
  public func trainingState() throws(CheckpointError) -> TrainingState? {
    guard try reading({ () throws(HDF5Error) in try file.contains(KerasLayout.trainingState) })
    else { return nil }
    let group = try reading { () throws(HDF5Error) in
      try file.group(at: KerasLayout.trainingState)
    }
    return try TrainingStateReader(path: path, group: group).readState()
  }

  /// The text of the model's configuration: of `config.json` in an archive, else of an attribute.
  package func modelConfiguration() throws(CheckpointError) -> String? {
    if let text = container.configuration { return text }
    guard case .string(let text)? = try attribute("model_config") else { return nil }
    return text
  }

  /// Reads an attribute of the root.
  package func attribute(_ name: String) throws(CheckpointError) -> AttributeValue? {
    try reading { () throws(HDF5Error) in try file.root.attribute(name) }
  }
}

/// Runs a step of reading a file.
package func reading<Result: ~Copyable>(
  _ body: () throws(HDF5Error) -> Result
) throws(CheckpointError) -> Result {
  do throws(HDF5Error) { return try body() } catch { throw .file(error) }
}
