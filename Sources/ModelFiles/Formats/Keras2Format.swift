import HDF5
import JSON
package import NeuralNetwork
import Tensors

/// The whole-model format of Keras 2, which `tf_keras` reads.
///
/// Weights and optimizer variables are found by lists of names.
///
/// It follows the behavior of tf_keras 2.21; `tools/check-keras` verifies it.
package enum Keras2Format: WritableModelFormat {
  package static var dialect: KerasDialect? { .keras2 }

  package static func losses(of contents: ModelContents) -> [String] { contents.lostInKeras2 }

  package static func encode(_ contents: ModelContents) throws(CheckpointError) -> EncodedModel {
    .checkpoint(CheckpointImage(file: try contents.keras2Image(), step: nil))
  }
}

extension ModelContents {
  /// The model as the bytes of an HDF5 file.
  ///
  /// - Throws: ``CheckpointError`` if the model cannot be described, a value cannot be read, or
  ///   memory runs out.
  fileprivate func keras2Image() throws(CheckpointError) -> FileImage {
    guard let architecture else { throw .unsupportedModel(ModelContents.noGraph) }
    let writer = try converting { () throws(HDF5Error) in try File.create() }
    try converting { () throws(HDF5Error) in
      try writer.root.setAttribute("keras_version", .string("2.15.0"))
      try writer.root.setAttribute("backend", .string("tensorflow"))
      try writer.root.setAttribute(
        "model_config", .string(architecture.kerasConfig(.keras2).text(.ordered)),
        characterSet: .ascii)
      if let compiled {
        try writer.root.setAttribute(
          "training_config", .string(compiled.keras2Config.text), characterSet: .ascii)
      }
    }
    try converting { () throws(HDF5Error) in try writePictureConfig(to: writer.root) }
    try writeWeights(to: writer.root)
    if let optimizer { try write(optimizer, to: writer.root) }
    do throws(HDF5Error) { return try writer.finish() } catch { throw .file(error) }
  }

  /// Descriptions of contents that this format cannot store.
  fileprivate var lostInKeras2: [String] {
    var lost: [String] = []
    if state != nil { lost.append("the state of the run, so training cannot be resumed from it") }
    if let optimizer, optimizer.optimizer.options.gradientAccumulationSteps != nil {
      lost.append("the sums of gradient accumulation, which tf_keras does not know")
    }
    if let optimizer, optimizer.optimizer is Nadam {
      lost.append("the product of Nadam's momentum schedule, which tf_keras starts anew")
    }
    return lost
  }

  /// Descriptions of computations that differ in Keras 3.
  var differsInKeras3: [String] {
    guard (optimizer?.optimizer as? RMSprop)?.addsEpsilonToRoot == true else { return [] }
    return [
      "the rule of Keras 2's RMSprop, which adds epsilon to the root: Keras 3 adds it under it"
    ]
  }

  /// The reason why Keras could not rebuild a model.
  static let noGraph = """
    it is not made of layer calls alone, so a file can hold its weights but not the model
    """

  private func writeWeights(to root: borrowing GroupWriter) throws(CheckpointError) {
    let layerNames = architecture?.layerNames(.keras2) ?? layers.map(\.name)
    try converting { () throws(HDF5Error) in
      try root.createGroup("model_weights").writeLayerNames(layerNames)
      try root.createGroup("model_weights/top_level_model_weights")
        .setAttribute("weight_names", .empty)
    }
    for (layer, layerName) in zip(layers, layerNames) {
      let variables = layer.namedVariables
      let names = variables.map { "\(layerName)/\($0.name):0" }
      try converting { () throws(HDF5Error) in
        try root.createGroup("model_weights/\(layerName)")
          .setAttribute("weight_names", .strings(names), characterSet: names.characterSet)
      }
      for ((_, variable), name) in zip(variables, names) {
        try root.write(variable, to: "model_weights/\(layerName)/\(name)")
      }
    }
  }

  private func write(
    _ contents: OptimizerContents, to root: borrowing GroupWriter
  ) throws(CheckpointError) {
    let optimizer = contents.optimizer
    var slots = contents.slots.filter {
      !["gradient_accumulator", "u_product"].contains($0.name)
    }
    // In tf_keras, SGD always has momenta.
    if optimizer is SGD, !slots.contains(where: { $0.name == "momentum" }) {
      let trained = layers.flatMap(\.namedVariables).map(\.variable).filter(\.isTrainable)
      slots += trained.map { weight in
        VariableContents(
          name: "momentum", shape: weight.shape, isTrainable: false, isInteger: false,
          value: { Tensor(zeros: weight.shape) })
      }
    }
    let names =
      ["iteration:0"]
      + slots.enumerated().map { index, slot in
        "\(type(of: optimizer).className)/\(slot.name)/\(index):0"
      }
    try converting { () throws(HDF5Error) in
      let group = try root.createGroup("optimizer_weights")
      try group.setAttribute("weight_names", .strings(names), characterSet: .ascii)
      try group.write(Int64(contents.iterations), to: names[0])
    }
    for (slot, name) in zip(slots, names.dropFirst()) {
      try root.write(slot, to: "optimizer_weights/\(name)")
    }
  }
}

extension CompileConfig {
  /// The compile config for a file of Keras 2, which registers its newer optimizers under other
  /// names.
  fileprivate var keras2Config: JSON {
    let trainingConfig = trainingConfig(.keras2)
    guard var config = trainingConfig.object, let optimizer else { return trainingConfig }
    var settings = optimizer.config
    settings["gradient_accumulation_steps"] = nil
    let isOlder = (optimizer as? RMSprop)?.addsEpsilonToRoot == true
    config["optimizer_config"] = .object([
      "class_name": .string((isOlder ? "" : "Custom>") + type(of: optimizer).className),
      "config": .object(settings),
    ])
    return .object(config)
  }
}
