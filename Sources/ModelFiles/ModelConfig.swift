public import JSON

/// The description of a model in a file, in Keras's form.
public struct ModelConfig: Sendable {
  /// The config: `{"class_name": "Sequential", "config": …}`.
  public let json: JSON

  /// The version of Keras that wrote it, if the file says so.
  public let kerasVersion: String?

  /// Reads the description in a file.
  ///
  /// - Parameter path: The path of a model of any format, or of the JSON text of Keras's
  ///   `model.to_json()`.
  /// - Throws: ``CheckpointError`` if the file cannot be read or does not describe a model.
  public init(opening path: String) throws(CheckpointError) {
    if let json = try ModelDescription.json(at: path) {
      (self.json, kerasVersion) = (json, json["keras_version"]?.string)
      return
    }
    let file = try CheckpointFile(opening: path)
    guard let json = try file.modelConfig() else { throw file.noArchitecture }
    (self.json, kerasVersion) = (json, file.kerasVersion)
  }
}
