import CheckpointStore
package import HDF5
import JSON
import NeuralNetwork
import Tensors

/// The universal format, which Keras 3 can load in every way.
///
/// It contains the tree of weights and optimizer variables, the configs, and hard links to the
/// weights at the paths of whole models.
///
/// It follows the behavior of Keras 3.0 to 3.15; `tools/check-keras` verifies it with Keras itself.
extension ModelContents {
  /// The model as the bytes of an HDF5 file.
  ///
  /// - Parameter memory: A file image that is no longer needed, whose memory is reused.
  /// - Returns: The file without its digests.
  /// - Throws: ``CheckpointError`` if a value cannot be read, or memory runs out.
  package func universalImage(
    reusing memory: consuming FileImage? = nil
  ) throws(CheckpointError) -> CheckpointImage {
    var memory = memory
    let writer = try converting { () throws(HDF5Error) in
      try File.create(reusing: memory.take(), alignment: Seal.pieceSize)
    }
    try converting { () throws(HDF5Error) in try writeHead(to: writer.root) }
    try writer.root.writeTree(
      of: layers, modelName: name, hasInput: architecture?.isFunctional ?? false)
    if let optimizer { try writer.root.write(optimizer) }
    let digests = try converting { () throws(HDF5Error) -> CheckpointImage.Digests? in
      try writePictureConfig(to: writer.root)
      try writeLegacyView(to: writer.root)
      guard let state else { return nil }
      try state.write(try writer.root.createGroup(KerasLayout.trainingState))
      return try writer.root.writeDigests(of: tensors)
    }
    do throws(HDF5Error) {
      return CheckpointImage(
        file: try writer.finish(), step: state?.step, digests: digests)
    } catch {
      throw .file(error)
    }
  }

  /// Writes the preparation of pictures and the names of the classes, if they are known.
  func writePictureConfig(to root: borrowing GroupWriter) throws(HDF5Error) {
    guard let pictures else { return }
    try root.write(pictures.json.text, to: KerasLayout.pictureConfig)
  }

  /// All tensors of the tree, sorted by path.
  private var tensors: [(path: String, heading: String)] {
    var tensors = layers.places(in: "").map { ($0.path, $0.content.heading) }
    if let optimizer {
      let head = ["int64 "] + (optimizer.optimizer.hasLearningRateVariable ? ["float32 "] : [])
      tensors += (head + optimizer.slots.map(\.heading)).enumerated().map { index, heading in
        ("\(KerasLayout.optimizerVariables)/\(index)", heading)
      }
    }
    return tensors.sorted { $0.0 < $1.0 }.map { (path: $0.0, heading: $0.1) }
  }

  /// The attributes from which Keras rebuilds and compiles the model.
  private func writeHead(to root: borrowing GroupWriter) throws(HDF5Error) {
    try root.setAttribute("keras_version", .string(KerasLayout.kerasVersion))
    try root.setAttribute("backend", .string("tensorflow"))
    try root.setAttribute("checkpoint_format", .string("cairn"))
    try root.setAttribute("checkpoint_format_version", .int(Int64(KerasLayout.formatVersion)))
    if state == nil, let runID { try root.setAttribute(KerasLayout.runID, .string(runID)) }
    // Other models are defined only by their class; their weights can still be loaded.
    if let architecture {
      try root.setAttribute(
        "model_config", .string(architecture.kerasConfig().text), characterSet: .ascii)
    }
    if let compiled {
      try root.setAttribute(
        "training_config", .string(compiled.trainingConfig.text), characterSet: .ascii)
    }
  }

  /// Writes hard links to the datasets at the paths that `load_model` expects.
  private func writeLegacyView(to root: borrowing GroupWriter) throws(HDF5Error) {
    let view = try root.createGroup("model_weights")
    try view.writeLayerNames(layers.map(\.name))
    let own = "top_level_model_weights"
    if !layers.contains(where: { $0.name == own }) {
      try root.createGroup("model_weights/\(own)").setAttribute("weight_names", .empty)
    }
    let places = Dictionary(
      layers.places(in: "").map { ("\($0.layer)/\($0.variable)", $0.path) }
    ) { first, _ in first }
    for layer in layers {
      let names = layer.namedVariables.map { "\(layer.name)/\($0.name)" }
      let group = try root.createGroup("model_weights/\(layer.name)")
      try group.setAttribute("weight_names", .strings(names), characterSet: names.characterSet)
      for name in names {
        guard let place = places[name] else { continue }
        try root.hardLink(from: place, to: "model_weights/\(layer.name)/\(name)")
      }
    }
  }
}

extension GroupWriter {
  /// Writes the weights in the `.weights.h5` layout of Keras.
  ///
  /// - Parameters:
  ///   - layers: The layers of a model.
  ///   - modelName: The name of the model.
  ///   - hasInput: Whether the layers include an input layer in Keras.
  ///   - path: The path of the model.
  /// - Throws: ``CheckpointError`` if a value cannot be read or written.
  fileprivate func writeTree(
    of layers: [LayerContents], modelName: String, hasInput: Bool, at path: String = ""
  ) throws(CheckpointError) {
    try writeName(modelName, of: "\(path)vars")
    if hasInput { try writeName("input_layer", of: "\(path)layers/input_layer/vars") }
    for (layer, key) in zip(layers, layers.keys) {
      let place = "\(path)layers/\(key)/"
      if layer.layers.isEmpty {
        try writeName(layer.name, of: "\(place)vars")
      } else {
        try writeTree(
          of: layer.layers, modelName: layer.name, hasInput: layer.className == "Functional",
          at: place)
      }
      for (variable, inside) in zip(layer.variables, layer.places) {
        try write(variable, to: place + inside)
      }
    }
  }

  private func writeName(_ name: String, of path: String) throws(CheckpointError) {
    try converting { () throws(HDF5Error) in
      try createGroup(path).setAttribute("name", .string(name))
    }
  }

  /// Writes the state of an optimizer: iteration, learning rate and slots, in Keras's order.
  fileprivate func write(_ contents: OptimizerContents) throws(CheckpointError) {
    let path = KerasLayout.optimizerVariables
    try writeName(contents.optimizer.name, of: path)
    var head = 1
    try converting { () throws(HDF5Error) in
      try write(Int64(contents.iterations), to: "\(path)/0")
      // A learning rate schedule has no variable.
      if contents.optimizer.hasLearningRateVariable {
        try write(contents.learningRate, to: "\(path)/1")
        head = 2
      }
    }
    for (index, slot) in contents.slots.enumerated() {
      try write(slot, to: "\(path)/\(index + head)")
    }
  }

  /// Reserves space for the digests of tensors, which are computed when the file is complete.
  ///
  /// - Returns: The ranges of the tensors in the file, and the offset of the digests.
  fileprivate func writeDigests(
    of tensors: [(path: String, heading: String)]
  ) throws(HDF5Error) -> CheckpointImage.Digests? {
    guard !tensors.isEmpty else { return nil }
    try write(tensors.map(\.path), to: KerasLayout.contentPaths)
    try write(
      [UInt8](repeating: 0, count: 32 * tensors.count), shape: [tensors.count, 32],
      to: KerasLayout.contentDigests)
    let places = try tensors.map { tensor throws(HDF5Error) in
      (path: tensor.path, heading: tensor.heading, range: try place(of: tensor.path))
    }
    return .init(tensors: places, offset: try place(of: KerasLayout.contentDigests).lowerBound)
  }

  /// The maximum number of elements per partial read and write: 1 MiB.
  private static var part: Int { 1 << 18 }

  /// Writes the value of a variable.
  func write(_ variable: VariableContents, to path: String) throws(CheckpointError) {
    let shape = variable.shape.dimensions
    if let rows = variable.rows, !variable.isInteger, variable.shape.elementCount > Self.part {
      let perPart = max(1, Self.part * shape[0] / variable.shape.elementCount)
      var writer = try converting { () throws(HDF5Error) in try self.rows(of: path, shape: shape) }
      for first in stride(from: 0, to: shape[0], by: perPart) {
        let values = try rows(first..<min(first + perPart, shape[0]))
        do throws(HDF5Error) { try writer.append(values) } catch { throw .file(error) }
      }
      return
    }
    let value = try variable.value()
    try converting { () throws(HDF5Error) in
      guard variable.isInteger else { return try write(value, to: path) }
      try write(value.scalars.map { Int64($0) }, shape: value.shape.dimensions, to: path)
    }
  }

  /// Writes the attributes of a whole model with the names of its layers.
  func writeLayerNames(_ names: [String]) throws(HDF5Error) {
    try setAttribute("layer_names", .strings(names), characterSet: names.characterSet)
    try setAttribute("backend", .string("tensorflow"), characterSet: .ascii)
    try setAttribute("keras_version", .string(KerasLayout.kerasVersion), characterSet: .ascii)
  }
}

extension [LayerContents] {
  /// The keys of the layers under `/layers`.
  var keys: [String] { KerasLayout.keys(classNames: map(\.className)) }

  /// The paths of the variables in the tree, with the names of the enclosing layers.
  fileprivate func places(
    in path: String, prefix: String = ""
  ) -> [(layer: String, variable: String, path: String, content: VariableContents)] {
    zip(self, keys).flatMap { layer, key in
      let place = "\(path)layers/\(key)/"
      let name = prefix + layer.name
      return zip(layer.variables, layer.places).map { variable, inside in
        (name, variable.name, place + inside, variable)
      } + layer.layers.places(in: place, prefix: "\(name)/")
    }
  }
}

extension [String] {
  /// ASCII as in files of Keras, or UTF-8 if a string is not ASCII.
  var characterSet: ElementType.CharacterSet {
    allSatisfy { $0.utf8.allSatisfy { $0 < 0x80 } } ? .ascii : .utf8
  }
}
