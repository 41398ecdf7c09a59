import JSON
import NeuralNetwork

/// The `.keras` archive: two JSON texts and the universal format.
extension ModelContents {
  /// The text of `metadata.json`.
  ///
  /// The date is constant, so that equal models give byte-identical archives.
  var archiveMetadata: String {
    JSON.object([
      "keras_version": .string(KerasLayout.kerasVersion),
      "date_saved": .string("1980-01-01@00:00:00"),
    ]).text
  }

  /// The text of `config.json`, from which Keras rebuilds and compiles the model.
  ///
  /// - Throws: ``CheckpointError/unsupportedModel(_:)`` if the model is not just a graph of layers.
  func archiveConfig() throws(CheckpointError) -> String {
    guard let architecture else { throw .unsupportedModel(ModelContents.noGraph) }
    var config = architecture.kerasConfig(.archive).object ?? [:]
    if let compiled { config["compile_config"] = compiled.compileConfig }
    return JSON.object(config).text
  }
}
