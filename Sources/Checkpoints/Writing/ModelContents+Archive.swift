import JSON
import NeuralNetwork

/// The `.keras` archive: two JSON texts and the universal form, one after the other.
extension ModelContents {
  /// The text of `metadata.json`.
  ///
  /// The date is that of the format's first archives, so that the same model makes the same bytes.
  var archiveMetadata: String {
    JSON.object([
      "keras_version": .string(KerasLayout.kerasVersion),
      "date_saved": .string("1980-01-01@00:00:00"),
    ]).text
  }

  /// The text of `config.json`: what Keras rebuilds and compiles the model from.
  ///
  /// - Throws: ``CheckpointError/unsupportedModel(_:)`` if the model is more than a graph of layers.
  func archiveConfig() throws(CheckpointError) -> String {
    guard let architecture else { throw .unsupportedModel(ModelContents.noGraph) }
    var config = architecture.kerasConfig(.archive).object ?? [:]
    if let compiled { config["compile_config"] = compiled.compileConfig }
    return JSON.object(config).text
  }
}
