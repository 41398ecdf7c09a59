import Checkpoints
import HDF5
import NeuralNetwork
import Tensors

extension Inspector {
  /// Describes the model: from its configuration where that can be used, else from what is there.
  func model(_ layout: WeightLayout) throws(CheckpointError) -> ModelReport {
    var problem: String?
    if try checkpoint.attribute("model_config") != nil {
      do throws(CheckpointError) {
        if let report = try configuredModel(layout) { return report }
      } catch {
        // The file's name stands above already.
        if case .model(_, let error) = error { problem = "\(error)" } else { problem = "\(error)" }
      }
    }
    return ModelReport(
      name: try modelName(), inputShape: nil, layers: try foundLayers(layout),
      configurationProblem: problem)
  }

  /// The model of the configuration, if all its weights are where they belong.
  private func configuredModel(_ layout: WeightLayout) throws(CheckpointError) -> ModelReport? {
    let architecture = try checkpoint.architecture()
    let specifications: [(layer: Layer, weights: [WeightSpecification], outputShape: Shape)]
    do {
      specifications = try architecture.weightSpecifications()
    } catch {
      throw .model(path: path, error)
    }
    let keys = KerasLayout.keys(
      classNames: architecture.layers.map { type(of: $0).className })
    var layers: [LayerReport] = []
    for (index, (layer, weights, outputShape)) in specifications.enumerated() {
      let paths: [String]
      switch layout {
      case .variables: paths = try numberedDatasets(in: KerasLayout.variables(of: keys[index]))
      case .legacy(let root): paths = try legacyWeights(of: layer.name, root: root)
      }
      guard paths.count == weights.count else { return nil }
      var variables: [VariableReport] = []
      for (path, weight) in zip(paths, weights) {
        variables.append(try variable("\(layer.name)/\(weight.name)", at: path))
      }
      layers.append(
        LayerReport(
          name: layer.name, className: type(of: layer).className,
          outputShape: outputShape.dimensions, variables: variables))
    }
    return ModelReport(
      name: architecture.name, inputShape: architecture.inputShape.dimensions, layers: layers,
      configurationProblem: nil)
  }

  /// The layers that have groups in the file.
  private func foundLayers(_ layout: WeightLayout) throws(CheckpointError) -> [LayerReport] {
    var layers: [LayerReport] = []
    switch layout {
    case .variables(let groups):
      for group in groups {
        let key = String(group.split(separator: "/").last ?? "")
        let name = try name(of: "\(group)/vars") ?? key
        var variables: [VariableReport] = []
        for path in try numberedDatasets(in: "\(group)/vars") {
          variables.append(try variable("\(name)/\(variables.count)", at: path))
        }
        layers.append(
          LayerReport(name: name, className: nil, outputShape: nil, variables: variables))
      }
    case .legacy(let root):
      for name in try list("layer_names", of: root) {
        var variables: [VariableReport] = []
        for path in try legacyWeights(of: name, root: root) {
          let last = path.split(separator: "/").last ?? ""
          variables.append(try variable("\(name)/\(last.prefix { $0 != ":" })", at: path))
        }
        layers.append(
          LayerReport(name: name, className: nil, outputShape: nil, variables: variables))
      }
    }
    return layers
  }

  /// The paths of the datasets `0`, `1`, … of a group, in the order of the numbers.
  func numberedDatasets(in group: String) throws(CheckpointError) -> [String] {
    try Checkpoints.reading { () throws(HDF5Error) in
      guard try checkpoint.file.contains(group) else { return [] }
      return try checkpoint.file.group(at: group).members
        .filter { $0.kind == .dataset }.compactMap { Int($0.name) }.sorted()
        .map { "\(group)/\($0)" }
    }
  }

  /// Describes a dataset, without reading its elements.
  func variable(_ role: String, at path: String) throws(CheckpointError) -> VariableReport {
    try Checkpoints.reading { () throws(HDF5Error) in
      let dataset = try checkpoint.file.dataset(at: path)
      let count = dataset.count ?? 0
      let (bytes, overflow) = count.multipliedReportingOverflow(by: dataset.elementSize)
      return VariableReport(
        role: role, path: "/\(path)", shape: dataset.shape,
        elementType: "\(dataset.elementType)", count: count, bytes: overflow ? .max : bytes)
    }
  }

  private func legacyWeights(
    of layer: String, root: String
  ) throws(CheckpointError) -> [String] {
    let group = root.isEmpty ? layer : "\(root)/\(layer)"
    return try list("weight_names", of: group).map { "\(group)/\($0)" }
  }

  /// A list of strings in an attribute, which is split over several ones if it is long.
  private func list(_ name: String, of group: String) throws(CheckpointError) -> [String] {
    func strings(_ attribute: String) throws(CheckpointError) -> [String]? {
      try Checkpoints.reading { () throws(HDF5Error) in
        let value =
          group.isEmpty
          ? try checkpoint.file.root.attribute(attribute)
          : try checkpoint.file.group(at: group).attribute(attribute)
        guard case .strings(let strings)? = value else { return nil }
        return strings
      }
    }
    if let whole = try strings(name) { return whole }
    var names: [String] = []
    var part = 0
    while let more = try strings("\(name)\(part)") {
      names += more
      part += 1
    }
    return names
  }

  private func name(of group: String) throws(CheckpointError) -> String? {
    try Checkpoints.reading { () throws(HDF5Error) in
      guard case .string(let name)? = try checkpoint.file.group(at: group).attribute("name") else {
        return nil
      }
      return name
    }
  }

  private func modelName() throws(CheckpointError) -> String? {
    let hasGroup = try Checkpoints.reading { () throws(HDF5Error) in
      try checkpoint.file.contains("vars")
    }
    return hasGroup ? try name(of: "vars") : nil
  }
}
