import HDF5
import JSON
package import ModelFiles
import NeuralNetwork
import Tensors

extension TrainingPart {
  /// Writes weights, optimizer and random state to the group of the part.
  ///
  /// A model that is not built has nothing to write.
  func write(to group: borrowing GroupWriter) throws(HDF5Error) {
    guard model.isBuilt, let inputShapes = model.inputShapes else { return }
    for (index, shape) in inputShapes.enumerated() {
      try group.write(
        shape.map(Int64.init), shape: [shape.count], to: PartReader.placeOfShape(index))
    }
    try group.write(layerText, to: "layers")
    for (index, variable) in model.variables.enumerated() {
      try group.write(variable.value, to: "weights/\(index)")
    }
    let seeds = model.seedGenerators.flatMap { [$0.seed, $0.counter] }
    if !seeds.isEmpty { try group.write(seeds, shape: [seeds.count / 2, 2], to: "rng") }
    guard let optimizer, optimizer.isBuilt else { return }
    try group.write(Int64(optimizer.iterations), to: "optimizer/iterations")
    if optimizer.hasLearningRateVariable {
      try group.write(
        [Double(optimizer.learningRate)], shape: [1], to: "optimizer/learning_rate")
    }
    for (index, slot) in optimizer.slotsInKerasOrder.enumerated() {
      try group.write(slot.value, to: "optimizer/slots/\(index)")
    }
  }

  /// The layers with their options, one a line; empty if the model does more than calling them.
  fileprivate var layerText: String {
    func leaves(_ layers: [Layer]) -> [Layer] {
      layers.flatMap { layer in (layer as? Model).map { leaves($0.layersInOrder) } ?? [layer] }
    }
    guard let layers = Architecture(model)?.layers else { return "" }
    return leaves(layers).map { layer in
      var config = layer.config
      config["name"] = nil
      return "\(type(of: layer).className) \(JSON.object(config).text)"
    }.joined(separator: "\n")
  }
}

/// The values of a part in a checkpoint, which fit the part.
package struct PartValues {
  fileprivate let part: TrainingPart
  fileprivate var weights: [Tensor] = []
  fileprivate var seeds: [UInt64] = []
  fileprivate var optimizer: (iterations: Int, learningRate: Double?, slots: [Tensor])?

  /// Replaces the state of the part.
  package func apply() {
    for (variable, value) in zip(part.model.variables, weights) { variable.value = value }
    for (index, generator) in part.model.seedGenerators.enumerated() {
      (generator.seed, generator.counter) = (seeds[2 * index], seeds[2 * index + 1])
    }
    guard let own = part.optimizer, let optimizer else { return }
    own.iterations = optimizer.iterations
    if let rate = optimizer.learningRate { own.learningRate = Float(rate) }
    for (slot, value) in zip(own.slotsInKerasOrder, optimizer.slots) { slot.value = value }
  }
}

extension CheckpointFile {
  /// Reads the state of the further models of a run.
  ///
  /// Only tensors that have the shapes of the parts are read.
  ///
  /// - Parameter parts: The parts by name; models that are not built are built for the input shape
  ///   in the file.
  /// - Returns: The values, which are not applied yet.
  /// - Throws: ``CheckpointError`` if the file does not contain the parts, or others.
  package func readParts(
    _ parts: [String: TrainingPart]
  ) throws(CheckpointError) -> [PartValues] {
    var values: [PartValues] = []
    for (name, part) in parts.sorted(by: { $0.key < $1.key }) {
      let place = "\(KerasLayout.trainingState)/parts/\(name)"
      // A part without weights was not used before the checkpoint was saved.
      guard try converting({ () throws(HDF5Error) in try file.contains("\(place)/layers") })
      else { continue }
      let group = try converting { () throws(HDF5Error) in try file.group(at: place) }
      values.append(try PartReader(path: path, place: place, group: group).read(part))
    }
    return values
  }
}

/// Reads a part of a run.
private struct PartReader: ~Copyable {
  let path: String
  let place: String
  let group: Group

  /// The name of the data set with the shape of an input.
  static func placeOfShape(_ index: Int) -> String {
    index == 0 ? "input_shape" : "input_shape_\(index)"
  }

  private func inputShapes() throws(CheckpointError) -> [Shape] {
    var shapes: [Shape] = []
    var isLast = false
    while !isLast {
      let place = Self.placeOfShape(shapes.count)
      let extents = try numbers(place, of: Int64.self)
      guard (1...8).contains(extents.count),
        extents.allSatisfy({ (1...Int64(1 << 20)).contains($0) })
      else {
        throw content(place, "is \(extents)")
      }
      shapes.append(Shape(extents.map(Int.init)))
      let next = Self.placeOfShape(shapes.count)
      isLast = try converting { () throws(HDF5Error) in try !group.contains(next) }
    }
    return shapes
  }

  func read(_ part: TrainingPart) throws(CheckpointError) -> PartValues {
    let model = part.model
    if !model.isBuilt {
      if let shape = model.expectedInputShape {
        model.build(inputShape: shape)
      } else {
        model.build(inputShapes: try inputShapes())
      }
    }
    let layers = try converting { () throws(HDF5Error) in
      try group.dataset(at: "layers").readStrings().first ?? ""
    }
    guard layers == part.layerText else {
      let (inFile, own) = (layers.split(separator: "\n"), part.layerText.split(separator: "\n"))
      let index = zip(inFile, own).enumerated().first { $1.0 != $1.1 }?.offset
      throw content(
        "layers",
        index.map { "has '\(inFile[$0])', where the model has '\(own[$0])'" }
          ?? "has \(inFile.count) layers, the model \(own.count)")
    }
    var values = PartValues(part: part)
    values.weights = try tensors("weights", like: model.variables)
    let generators = model.seedGenerators
    if !generators.isEmpty { values.seeds = try numbers("rng", of: UInt64.self) }
    guard values.seeds.count == 2 * generators.count else {
      throw content("rng", "has \(values.seeds.count / 2) rows for \(generators.count) layers")
    }
    guard let optimizer = part.optimizer,
      try converting({ () throws(HDF5Error) in try group.contains("optimizer") })
    else { return values }
    optimizer.build(for: model.trainableVariables)
    let iterations = try numbers("optimizer/iterations", of: Int64.self)
    guard iterations.count == 1, (0...Int64(Int32.max)).contains(iterations[0]) else {
      throw content("optimizer/iterations", "is \(iterations), which cannot be a count")
    }
    var rate: Double?
    if optimizer.hasLearningRateVariable {
      rate = try numbers("optimizer/learning_rate", of: Double.self).first
      guard rate?.isFinite == true else {
        throw content("optimizer/learning_rate", "is not a learning rate")
      }
    }
    values.optimizer = (
      Int(iterations[0]), rate, try tensors("optimizer/slots", like: optimizer.slotsInKerasOrder)
    )
    return values
  }

  private func tensors(
    _ name: String, like variables: [Variable]
  ) throws(CheckpointError) -> [Tensor] {
    var tensors: [Tensor] = []
    let count = try converting { () throws(HDF5Error) in
      try group.contains(name) ? try group.group(at: name).members.count : 0
    }
    guard count == variables.count else {
      throw content(name, "has \(count) members for \(variables.count) variables")
    }
    for (index, variable) in variables.enumerated() {
      let name = "\(name)/\(index)"
      let tensor = try converting { () throws(HDF5Error) -> Tensor? in
        let dataset = try group.dataset(at: name)
        return Shape(dataset.shape) == variable.shape ? try dataset.readTensor() : nil
      }
      guard let tensor else {
        throw content(name, "does not have the shape of '\(variable.name)', \(variable.shape)")
      }
      guard tensor.firstNonFinite() == nil else {
        throw content(name, "holds a value that is not finite")
      }
      tensors.append(tensor)
    }
    return tensors
  }

  private func numbers<Element: DatasetElement>(
    _ name: String, of type: Element.Type
  ) throws(CheckpointError) -> [Element] {
    let values: [Element]? = try converting { () throws(HDF5Error) in
      let dataset = try group.dataset(at: name)
      return (dataset.count ?? 0) <= 1 << 16 ? try dataset.read(as: type) : nil
    }
    guard let values else { throw content(name, "has too many elements") }
    return values
  }

  private func content(_ name: String, _ problem: String) -> CheckpointError {
    .content(path: path, object: "/\(place)/\(name)", problem: problem)
  }
}
