import Files
import HDF5
import JSON
import NeuralNetwork

/// The description of a model in a file: its architecture and its compile config.
struct ModelDescription {
  /// The maximum size of a description in JSON, in bytes.
  static let textLimit = 16 << 20

  /// The unbuilt layers.
  let architecture: Architecture

  /// The optimizer, loss and metrics; `nil` if the model was not compiled or the file does not
  /// contain them.
  let compileConfig: JSON?

  private init(architecture: Architecture, compileConfig: JSON?) {
    self.architecture = architecture
    self.compileConfig = compileConfig
  }

  /// Reads the description in the file of the model.
  init(in file: borrowing CheckpointFile) throws(CheckpointError) {
    self.init(architecture: try file.architecture(), compileConfig: try file.compileConfig())
  }

  /// Reads the description in another file.
  ///
  /// The file is any supported model, or the JSON text of Keras's `model.to_json()` (`config.json`
  /// in a `.keras` archive).
  ///
  /// - Parameter path: The path of the file.
  /// - Throws: ``CheckpointError`` if the file cannot be read or does not describe a supported
  ///   model.
  init(opening path: String) throws(CheckpointError) {
    guard let json = try ModelDescription.json(at: path) else {
      self = try ModelDescription(in: CheckpointFile(opening: path))
      return
    }
    do throws(KerasError) {
      let architecture = try Architecture(
        kerasConfig: json, kerasVersion: json["keras_version"]?.string)
      self.init(architecture: architecture, compileConfig: json["compile_config"])
    } catch {
      throw .model(path: path, error)
    }
  }

  /// The model description in a JSON file; `nil` if the file has other contents.
  ///
  /// - Parameter path: The path of the file.
  /// - Returns: The JSON of the description.
  /// - Throws: ``CheckpointError`` if the file cannot be read or its JSON is not valid.
  static func json(at path: String) throws(CheckpointError) -> JSON? {
    let disk = try DiskFile.open(path)
    guard let head = try? disk.head, head.beginsJSON else { return nil }
    guard disk.size <= textLimit else {
      let problem = "it is JSON of \(disk.size) bytes, at most \(textLimit) are supported"
      throw .model(path: path, .excessive(problem))
    }
    guard let bytes = try? disk.bytes(disk.size, at: 0) else { return nil }
    do throws(KerasError) {
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw .notJSON("it is not UTF-8")
      }
      let json = try JSON(kerasConfig: text)
      return json["weight_map"] == nil ? json : nil
    } catch {
      throw .model(path: path, error)
    }
  }
}
