import JSON
package import NeuralNetwork
import ONNX
import Tensors

/// The format of ONNX, for inference in runtimes of other tools.
///
/// The names of the classes and the preparation of pictures are in `metadata_props`.
package enum ONNXFormat: WritableModelFormat {
  /// Layers are written as they are.
  package static var dialect: KerasDialect? { nil }

  package static var holdsOptimizer: Bool { false }

  package static func losses(of contents: ModelContents) -> [String] {
    var lost = contents.lostInExports + contents.layersLostInExports
    guard let architecture = contents.architecture,
      !ModelProto.keepsOpenSizes(of: architecture)
    else { return lost }
    for input in architecture.inputs where input.extents.contains(nil) {
      let shape = input.shape.map { "\($0)" }.joined(separator: " × ")
      lost.append("the open size of the input, which becomes \(shape)")
    }
    return lost
  }

  package static func encode(_ contents: ModelContents) throws(CheckpointError) -> EncodedModel {
    guard let architecture = contents.architecture else {
      throw .unsupportedModel("it is not made of layer calls alone, so ONNX cannot express it")
    }
    let model: ModelProto
    do throws(ONNXError) {
      model = try ModelProto(
        architecture, producerVersion: cairnVersion, metadata: contents.metadata)
    } catch {
      throw .unsupportedModel("\(error)")
    }
    let weights = contents.variables(of: architecture.layers)
    let bytes = try model.encoded { layer, index throws(CheckpointError) in
      guard let variables = weights[ObjectIdentifier(layer)] else {
        throw .unsupportedModel("Internal error: the layer '\(layer.name)' has no weights")
      }
      return try variables[index].value()
    }
    // The lengths of all messages were written before their contents.
    guard bytes.count == model.size else {
      throw .unsupportedModel("Internal error: a weight has another size than its shape says")
    }
    return .bytes(bytes)
  }
}

extension ModelContents {
  /// The variables of all layers that are not models, also of those in a `TimeDistributed`.
  fileprivate func variables(of layers: [Layer]) -> [ObjectIdentifier: [VariableContents]] {
    var found: [ObjectIdentifier: [VariableContents]] = [:]
    // The layer of a `TimeDistributed`, or those of its model, use its variables.
    func share(_ variables: inout ArraySlice<VariableContents>, with layer: Layer) {
      if let model = layer as? Model {
        for inner in model.layersInOrder { share(&variables, with: inner) }
        return
      }
      var own = variables.prefix(layer.weights.count)
      variables = variables.dropFirst(own.count)
      found[ObjectIdentifier(layer)] = Array(own)
      if let outer = layer as? TimeDistributed { share(&own, with: outer.layer) }
    }
    func add(_ layers: [Layer], _ contents: [LayerContents]) {
      for (layer, contents) in zip(layers, contents) {
        if let model = layer as? Model {
          add(model.layersInOrder, contents.layers)
        } else {
          var variables = contents.variables[...]
          share(&variables, with: layer)
        }
      }
    }
    add(layers, self.layers)
    return found
  }

  /// The facts about the model that a program needs to prepare pictures and to name classes.
  fileprivate var metadata: [(key: String, value: String)] {
    var metadata: [(String, String)] = []
    if let layout = architecture?.inputShape.layoutName {
      metadata.append(("input_layout", layout))
    }
    guard let pictures else { return metadata }
    if !pictures.classNames.isEmpty {
      metadata.append(("class_names", JSON.array(pictures.classNames.map(JSON.string)).text))
    }
    if pictures.scalesBytes { metadata.append(("value_range", pictures.pixelRange ?? "0..1")) }
    if let fit = pictures.fit { metadata.append(("fit", fit)) }
    if let name = pictures.rejectedClass { metadata.append(("rejected_class", name)) }
    if let rejection = pictures.rejection {
      metadata += [
        ("rejection_score", rejection.score), ("temperature", "\(rejection.temperature)"),
        ("threshold", "\(rejection.threshold)"),
      ]
    }
    return metadata
  }
}

extension Shape {
  /// The meaning of the axes of a batch of pictures; `nil` if the shape is not that of a picture.
  fileprivate var layoutName: String? {
    func isColor(_ channels: Int) -> Bool { [1, 3, 4].contains(channels) }
    return switch count {
    case 2: "NHW"
    case 3 where !isColor(self[2]) && isColor(self[0]): "NCHW"
    case 3: "NHWC"
    default: nil
    }
  }
}
