public import JSON

/// The description of a model in a file, in Keras's form.
///
/// ```swift
/// let config = try ModelConfig(opening: path)
/// print(config.json["class_name"]?.string ?? "", config.kerasVersion ?? "")
/// ```
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
      self.init(json: json, kerasVersion: json["keras_version"]?.string)
    } else {
      try self.init(in: CheckpointFile(opening: path))
    }
  }

  /// Reads the description in an open file.
  ///
  /// - Parameter file: The file.
  /// - Throws: ``CheckpointError`` if the file does not describe a model.
  public init(in file: borrowing CheckpointFile) throws(CheckpointError) {
    guard let json = try file.modelConfig() else { throw file.noArchitecture }
    self.init(json: json, kerasVersion: file.kerasVersion)
  }

  private init(json: JSON, kerasVersion: String?) {
    (self.json, self.kerasVersion) = (json, kerasVersion)
  }
}
