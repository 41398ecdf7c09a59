import Checkpoints
import ModelFiles
import NeuralNetwork

/// A group with the variables of a layer, including those of nested layers.
struct LayerGroup {
  /// The path of the group; `nil` if the file contains only groups of nested layers, as written by
  /// Keras 2.12 to 3.0 on Windows.
  let path: String?
  /// The path of the group in Keras 3's layout.
  let treePath: String
  /// The name of the layer, as far as the group determines it.
  let name: String
  /// The class of the layer, as far as the group determines it.
  let className: String?
  /// The variables, with names relative to the layer, such as `kernel`.
  private(set) var variables: [VariableReport]
}

extension LayerGroup {
  /// Returns the layers of a model with their variables.
  static func groups(of weights: StoredWeights) -> [LayerGroup] {
    weights.layout == .keras3 ? tree(weights.layers) : weights.layers.compactMap(LayerGroup.init)
  }

  /// Merges nested layers into the outer layer, which comes first if it has a group of its own.
  private static func tree(_ layers: [StoredLayer]) -> [LayerGroup] {
    var groups: [LayerGroup] = []
    var indices: [String: Int] = [:]
    for layer in layers {
      if let outer = outer(of: layer, among: indices) {
        let index = indices[outer] ?? groups.endIndex
        if index == groups.endIndex {
          let key = outer.split(separator: "/").last.map(String.init) ?? ""
          indices[outer] = index
          groups.append(
            LayerGroup(
              path: nil, treePath: outer, name: key,
              className: KerasRegistry.layerClassName(ofKey: key),
              variables: []))
        }
        let inner = layer.treePath.dropFirst(outer.count + 1).split(separator: "/")
        let className = KerasRegistry.layerClassName(
          ofKey: layer.name ?? inner.last.map(String.init) ?? "")
        let prefix = inner.filter { $0 != "layers" }.map { "\($0)/" }.joined()
        groups[index].variables += reports(layer.variables, className: className, prefix: prefix)
        continue
      }
      // Keys in `/layers` are derived from the class; elsewhere they are chosen by the user.
      let components = layer.treePath.split(separator: "/")
      let key = components.last.map(String.init) ?? ""
      let isKeyed = components.count == 2 && components[0] == "layers"
      let className = KerasRegistry.layerClassName(ofKey: isKeyed ? key : layer.name ?? key)
      indices[layer.treePath] = groups.endIndex
      groups.append(
        LayerGroup(
          path: layer.path, treePath: layer.treePath,
          name: isKeyed ? layer.name ?? key : layer.components.joined(separator: "/"),
          className: className,
          variables: reports(layer.variables, className: className, prefix: "")))
    }
    return groups
  }

  /// The path of the layer that contains a layer; `nil` if the layer is not nested.
  private static func outer(of layer: StoredLayer, among groups: [String: Int]) -> String? {
    let components = layer.treePath.split(separator: "/")
    if components.count > 2, components[0] == "layers" { return "/layers/\(components[1])" }
    return components.indices.dropFirst().lazy
      .map { "/" + components[..<$0].joined(separator: "/") }
      .first { groups[$0] != nil }
  }

  private static func reports(
    _ variables: [StoredVariable], className: String?, prefix: String
  ) -> [VariableReport] {
    let names = KerasRegistry.variableNames(ofClass: className, count: variables.count)
    return zip(names, variables).map { VariableReport(name: prefix + $0, $1) }
  }

  /// Creates a layer of Keras 2's layout; `nil` if the file only lists its name.
  private init?(_ layer: StoredLayer) {
    let name = layer.name ?? ""
    guard layer.variables.map(\.path) != [layer.path] else { return nil }
    self.init(
      path: layer.path, treePath: layer.treePath, name: name,
      className: KerasRegistry.layerClassName(ofKey: name),
      variables: VariableReport.named(layer.variables))
  }
}

extension VariableReport {
  /// Returns the variables of Keras 2's layout, which have names of their own.
  static func named(_ variables: [StoredVariable]) -> [VariableReport] {
    // The last component is enough, unless a nested model has several variables of the same name.
    let short = variables.map { variable in
      let last = variable.name.split(separator: "/").last ?? ""
      return String(last.split(separator: ":").first ?? last)
    }
    let isUnique = Set(short).count == short.count
    return zip(variables, short).filter { !$0.0.isMissing }
      .map { VariableReport(name: isUnique ? $1 : $0.name, $0) }
  }
}
