import HDF5
import NeuralNetwork

/// The mapping of a file's variables to a model's weights.
///
/// It is found from names, shapes and types before any values are read.
struct WeightsMatch {
  /// The variables of each layer in the file; complete if there are no differences.
  private(set) var variables: [[StoredVariable]]

  /// The variable of each weight of each layer, of any shape and type; `nil` if there is none.
  private(set) var found: [[StoredVariable?]]

  /// All missing and unexpected variables, and those of another shape or type.
  private(set) var differences: [CheckpointError.Mismatch] = []

  /// Notes about assumptions that are likely but not certain.
  private(set) var notes: [LoadNote] = []

  /// Compares a model with a file.
  init(_ model: ModelWeights, _ stored: StoredWeights) {
    variables = Array(repeating: [], count: model.layers.count)
    found = model.layers.map { Array(repeating: nil, count: $0.weights.count) }
    switch stored.layout {
    case .keras3: matchTree(model, stored)
    case .wholeModel, .legacyWeights: matchLegacy(model, stored.layers)
    }
  }

  // MARK: - Tensors with names

  /// Compares a model with tensors that have the names of its weights, such as `conv1/kernel` or
  /// `conv1.kernel`.
  init(_ model: ModelWeights, tensors: [StoredVariable]) {
    variables = Array(repeating: [], count: model.layers.count)
    found = model.layers.map { Array(repeating: nil, count: $0.weights.count) }
    var rest = Dictionary(grouping: tensors) { $0.name.replacing("/", with: ".") }
    for (index, layer) in model.layers.enumerated() {
      for (number, weight) in layer.weights.enumerated() {
        let key = weight.name.replacing("/", with: ".")
        guard let variable = rest[key], variable.count == 1 else {
          differences.append(.missing(variable: weight.name, path: "/\(weight.name)"))
          continue
        }
        rest[key] = nil
        add(variable[0], as: weight, of: index, number)
      }
    }
    differences += rest.values.joined().map(\.path).sorted().map { .unexpected(path: $0) }
  }

  // MARK: - The tree of Keras 3

  /// Matches by the keys of sequential and functional models.
  ///
  /// If these differ and the layers are located as in a subclassed model, matches by shapes and
  /// names.
  private mutating func matchTree(_ model: ModelWeights, _ stored: StoredWeights) {
    var byKey = self
    byKey.matchKeys(model, stored.layers)
    let hasAttributes = stored.layers.contains {
      !$0.variables.isEmpty && !$0.treePath.hasPrefix("/layers/")
    }
    if !byKey.differences.isEmpty, hasAttributes {
      matchShapes(model, stored.layers.joiningParts.filter { !$0.variables.isEmpty })
    } else {
      self = byKey
    }
    differences += stored.ownVariables.map { .unexpected(path: $0.path) }
  }

  private mutating func matchKeys(_ model: ModelWeights, _ stored: [StoredLayer]) {
    var groups: [String: StoredLayer] = [:]
    // If two groups have the path of one layer, the choice is ambiguous: report the second one.
    var unexpected: Set<String> = []
    for layer in stored {
      if groups[layer.treePath] == nil {
        groups[layer.treePath] = layer
      } else {
        unexpected.insert(layer.path)
      }
    }
    matchKeys(model.nodes, of: model, in: "/layers", &groups)
    unexpected.formUnion(groups.values.map(\.path))
    for layer in stored where unexpected.contains(layer.path) && !layer.variables.isEmpty {
      differences.append(.unexpected(path: layer.path))
    }
  }

  private mutating func matchKeys(
    _ nodes: [ModelWeights.Node], of model: ModelWeights, in container: String,
    _ groups: inout [String: StoredLayer]
  ) {
    let inner = nodes.filter { $0.layer == nil }
    let keys = WeightsMatch.keys(of: inner, in: container, groups)
    for node in nodes {
      if let layer = node.layer {
        let path = "\(container)/\(node.key)"
        let places = model.layers[layer].weights.map(\.place)
        let stored = StoredLayer.group(at: path, withWeightsAt: places) {
          groups.removeValue(forKey: $0)
        }
        match(layer, model.layers[layer], stored, at: path)
      } else {
        let path = "\(container)/\(keys[node.name] ?? node.key)/layers"
        matchKeys(node.inner, of: model, in: path, &groups)
      }
    }
  }

  /// The keys of nested models.
  ///
  /// Keys are derived from the class, which may differ from that in the file: a `Functional` of
  /// Keras may be a `Sequential` here if it is a chain. Therefore match by names, and then by
  /// numbers.
  private static func keys(
    of models: [ModelWeights.Node], in container: String, _ groups: [String: StoredLayer]
  ) -> [String: String] {
    guard !models.isEmpty else { return [:] }
    let prefix = "\(container)/"
    var found: Set<String> = []
    for path in groups.keys where path.hasPrefix(prefix) {
      let components = path.dropFirst(prefix.utf8.count).split(separator: "/")
      if components.count > 2, components[1] == "layers" { found.insert(String(components[0])) }
    }
    var keys: [String: String] = [:]
    for key in found {
      guard let name = groups[prefix + key]?.name else { continue }
      keys[name] = key
    }
    if models.allSatisfy({ keys[$0.name] != nil }) { return keys }
    let numbered = found.map { (key: $0, name: NumberedName($0)) }
    guard found.count == models.count, Set(numbered.map(\.name.base)).count == 1 else { return [:] }
    let sorted = numbered.sorted { $0.name.number < $1.name.number }
    return Dictionary(zip(models.map(\.name), sorted.map(\.key))) { first, _ in first }
  }

  /// Pairs layers of equal shapes; if there are several, by their names and then by their order.
  private mutating func matchShapes(_ model: ModelWeights, _ stored: [StoredLayer]) {
    let wanted = model.layers.indices.filter { !model.layers[$0].weights.isEmpty }
    var pairs: [Int: Int] = [:]
    let modelByShape = Dictionary(grouping: wanted) { model.layers[$0].weights.map(\.shape) }
    let storedByShape = Dictionary(grouping: stored.indices) { stored[$0].variables.map(\.shape) }
    for (shapes, layers) in modelByShape {
      guard let groups = storedByShape[shapes], groups.count == layers.count else { continue }
      let (order, isCertain) = LayerOrder.pair(
        layers.map { (model.layers[$0].name, model.layers[$0].path) },
        groups.map { stored[$0] })
      for (layer, group) in zip(layers, order) { pairs[layer] = groups[group] }
      if !isCertain {
        notes.append(
          .order(
            layers: layers.map { model.layers[$0].name },
            paths: order.map { stored[groups[$0]].path }))
      }
    }
    notes.sort { "\($0)" < "\($1)" }

    // Compare the remaining layers with the group of the same name, or else with the next group.
    let used = Set(pairs.values)
    var rest = stored.indices.filter { !used.contains($0) }
    let unpaired = wanted.filter { pairs[$0] == nil }
    for layer in unpaired {
      let name = model.layers[layer].name
      let found = rest.firstIndex {
        stored[$0].components.joined(separator: "/") == name || stored[$0].name == name
      }
      if let found { pairs[layer] = rest.remove(at: found) }
    }
    let nameless = unpaired.filter { pairs[$0] == nil }
    if nameless.count == rest.count {
      for (layer, group) in zip(nameless, rest) { pairs[layer] = group }
      rest = []
    }
    for (index, layer) in model.layers.enumerated() {
      match(index, layer, pairs[index].map { stored[$0] }, at: layer.path)
    }
    differences += rest.map { .unexpected(path: stored[$0].path) }
  }

  /// Compares a layer with a group of numbered variables.
  private mutating func match(
    _ index: Int, _ layer: ModelWeights.Layer, _ stored: StoredLayer?, at expected: String
  ) {
    let path = stored?.path ?? expected
    let byName = Dictionary((stored?.variables ?? []).map { ($0.name, $0) }) { first, _ in first }
    for (number, weight) in layer.weights.enumerated() {
      guard let variable = byName["\(number)"] else {
        differences.append(.missing(variable: weight.name, path: "\(path)/\(weight.place)"))
        continue
      }
      add(variable, as: weight, of: index, number)
    }
    let expected = Set(layer.weights.indices.map { "\($0)" })
    differences += (stored?.variables ?? []).filter { !expected.contains($0.name) }
      .map { .unexpected(path: $0.path) }
  }

  // MARK: - The tree of Keras 2

  /// Matches by order only, as Keras does: the layers with weights, and the weights in them.
  private mutating func matchLegacy(_ model: ModelWeights, _ stored: [StoredLayer]) {
    // A layer, or a nested model, is one group: first the trainable weights, then the others.
    let outer = model.nodes.indices.map { outer in
      let weights = model.layers.enumerated().filter { $0.element.outer == outer }
        .flatMap { index, layer in layer.weights.indices.map { (layer: index, weight: $0) } }
      return weights.filter { model.layers[$0.layer].weights[$0.weight].isTrainable }
        + weights.filter { !model.layers[$0.layer].weights[$0.weight].isTrainable }
    }
    for index in model.layers.indices {
      variables[index] = Array(
        repeating: StoredVariable(missing: "", path: "", part: 0),
        count: model.layers[index].weights.count)
    }
    let wanted = outer.indices.filter { !outer[$0].isEmpty }
    let groups = stored.filter { !$0.variables.isEmpty }
    var pairs: [(Int, StoredLayer?)] = []
    if wanted.count == groups.count {
      pairs = zip(wanted, groups).map { ($0, $1) }
    } else {
      // The counts differ: find the missing and unexpected layers by their names.
      var rest = groups
      for layer in wanted {
        let found = rest.firstIndex { $0.name == model.nodes[layer].name }
        pairs.append((layer, found.map { rest.remove(at: $0) }))
      }
      differences += rest.map { .unexpected(path: $0.path) }
    }
    for (layer, group) in pairs {
      let root = groups.first.map { $0.path.dropLast(($0.name ?? "").utf8.count) } ?? "/"
      let weights = outer[layer].map { model.layers[$0.layer].weights[$0.weight] }
      let stored = group?.variables.arranged(for: weights) ?? []
      for (number, place) in outer[layer].enumerated() {
        let weight = weights[number]
        guard let variable = stored.dropFirst(number).first else {
          let path = group?.path ?? "\(root)\(model.nodes[layer].name)"
          differences.append(.missing(variable: weight.name, path: path))
          continue
        }
        if !variable.isMissing { found[place.layer][place.weight] = variable }
        if let difference = WeightsMatch.difference(weight, variable) {
          differences.append(difference)
        } else {
          variables[place.layer][place.weight] = variable
        }
      }
      differences += (group?.variables.dropFirst(outer[layer].count) ?? [])
        .map { .unexpected(path: $0.path) }
    }
  }

  // MARK: - One variable

  private mutating func add(
    _ variable: StoredVariable, as weight: ModelWeights.Weight, of layer: Int, _ number: Int
  ) {
    if !variable.isMissing { found[layer][number] = variable }
    if let difference = WeightsMatch.difference(weight, variable) {
      differences.append(difference)
    } else {
      variables[layer].append(variable)
    }
  }

  private static func difference(
    _ weight: ModelWeights.Weight, _ stored: StoredVariable
  ) -> CheckpointError.Mismatch? {
    stored.difference(
      from: weight.name, shape: weight.shape, isInteger: weight.isInteger)
  }
}

extension StoredVariable {
  /// The difference between the variable and the expected one; `nil` if they match.
  func difference(
    from name: String, shape: [Int], isInteger: Bool
  ) -> CheckpointError.Mismatch? {
    if isMissing { return .missing(variable: name, path: path) }
    if self.shape != shape || isNull {
      return .shape(variable: name, path: path, inModel: shape, inFile: self.shape)
    }
    guard isInteger ? elementType.isInteger : isFloat else {
      var type = "\(elementType)"
      if case .opaque(bytes: 2, _) = elementType {
        type += ", which may be bfloat16, but the file does not say so"
      }
      return .type(variable: name, path: path, inFile: type)
    }
    return nil
  }
}
