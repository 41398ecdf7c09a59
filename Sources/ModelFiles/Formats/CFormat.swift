package import NeuralNetwork

/// A C header with the weights and a function that computes the outputs, for microcontrollers.
///
/// The function allocates no memory; the caller gives it the memory of the intermediate results.
package enum CFormat: WritableModelFormat {
  /// Layers are written as they are.
  package static var dialect: KerasDialect? { nil }

  package static var holdsOptimizer: Bool { false }

  package static func losses(of contents: ModelContents) -> [String] {
    contents.lostInExports + contents.layersLostInExports
      + ["the architecture, which is the function in C"]
      + (contents.pictures == nil ? [] : ["the preparation of pictures"])
  }

  package static func encode(_ contents: ModelContents) throws(CheckpointError) -> EncodedModel {
    let program = try CProgram(
      InferenceGraph(contents), classNames: contents.pictures?.classNames ?? [])
    return .bytes(Array(program.source.utf8))
  }
}
