import JSON
package import NeuralNetwork

/// The `state_dict` of a PyTorch module in a safetensors file.
///
/// The source code of the module goes with it.
package enum TorchFormat: WritableModelFormat {
  /// Layers are written as they are.
  package static var dialect: KerasDialect? { nil }

  package static var holdsOptimizer: Bool { false }

  package static func losses(of contents: ModelContents) -> [String] {
    contents.lostInExports + contents.layersLostInExports
      + ["the architecture, which is the module in Python"]
  }

  package static func encode(_ contents: ModelContents) throws(CheckpointError) -> EncodedModel {
    let module = try TorchModule(InferenceGraph(contents))
    // The key that readers of PyTorch's files ask for.
    var metadata = ["format": "pt", "module": module.source]
    metadata["picture_config"] = contents.pictures?.json.text
    return .bytes(module.tensors.finish(metadata: metadata))
  }

  package static func source(for contents: ModelContents) throws(CheckpointError) -> String? {
    try TorchModule(InferenceGraph(contents)).source
  }
}
