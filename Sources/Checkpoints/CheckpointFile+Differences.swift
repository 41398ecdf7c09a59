import HDF5
import NeuralNetwork
import Tensors

/// The comparison of a file with what a model needs: everything that differs, found from names,
/// shapes and types, before anything is read.
extension CheckpointFile {
  /// Compares the weights of layers with those in the file.
  func differences(
    _ layers: [(name: String, weights: [WeightSpecification])], keys: [String]
  ) throws(CheckpointError) -> [CheckpointError.Mismatch] {
    var differences: [CheckpointError.Mismatch] = []
    for (layer, key) in zip(layers, keys) {
      let group = KerasLayout.variables(of: key)
      differences += try self.differences(
        layer.weights.map { ("\(layer.name)/\($0.name)", $0.shape) }, in: group)
    }
    for name in try members(of: "layers") where !keys.contains(name) {
      if try !members(of: KerasLayout.variables(of: name)).isEmpty {
        differences.append(.unexpected(path: "/layers/\(name)"))
      }
    }
    return differences
  }

  /// Compares an optimizer that is built with the one in the file.
  func differences(_ optimizer: Optimizer) throws(CheckpointError) -> [CheckpointError.Mismatch] {
    let className = type(of: optimizer).className
    if case .string(let text)? = try attribute("training_config"),
      let config = try? JSON(parsing: text),
      let inFile = config["optimizer_config"]?["class_name"]?.string, inFile != className
    {
      return [.optimizer(inModel: className, inFile: inFile)]
    }
    let head: [(String, Shape)] = [("optimizer/iteration", []), ("optimizer/learning_rate", [])]
    let slots = optimizer.slotsInKerasOrder.enumerated().map { index, slot in
      ("optimizer/\(slot.name) (\(index + 2))", slot.shape)
    }
    return try differences(head + slots, in: KerasLayout.optimizerVariables)
  }

  /// Compares variables with the datasets "0", "1", … of a group.
  private func differences(
    _ variables: [(name: String, shape: Shape)], in group: String
  ) throws(CheckpointError) -> [CheckpointError.Mismatch] {
    var differences: [CheckpointError.Mismatch] = []
    let members = try members(of: group)
    for (index, variable) in variables.enumerated() {
      guard members.contains("\(index)") else {
        differences.append(.missing(variable: variable.name, path: "/\(group)/\(index)"))
        continue
      }
      differences += try reading { () throws(HDF5Error) in
        let dataset = try file.dataset(at: "\(group)/\(index)")
        if dataset.shape != variable.shape.dimensions || dataset.isNull {
          return [
            .shape(
              variable: variable.name, inModel: variable.shape.dimensions, inFile: dataset.shape)
          ]
        }
        // The count of steps is the one variable that is no floating-point number.
        guard dataset.elementType.isFloat || dataset.elementType.isInteger else {
          return [.type(variable: variable.name, inFile: "\(dataset.elementType)")]
        }
        return []
      }
    }
    let expected = Set(variables.indices.map { "\($0)" })
    differences += members.filter { !expected.contains($0) }
      .map { .unexpected(path: "/\(group)/\($0)") }
    return differences
  }

  /// The names of the members of a group; none if there is no such group.
  private func members(of group: String) throws(CheckpointError) -> [String] {
    try reading { () throws(HDF5Error) in
      guard try file.contains(group) else { return [] }
      return try file.group(at: group).members.map(\.name)
    }
  }
}
