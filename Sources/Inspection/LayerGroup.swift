import Checkpoints
import NeuralNetwork

/// A group of a file that holds the variables of one layer, those of layers in it included.
struct LayerGroup {
  /// The path of the group; nil if the file has only groups of layers in this one, as those that Keras 2.12
  /// to 3.0 wrote on Windows.
  let path: String?
  /// The path that Keras 3 gives the group.
  let treePath: String
  /// What the layer is called, as far as the group tells.
  let name: String
  /// The class of the layer, as far as the group tells.
  let className: String?
  /// The variables; their names are those within the layer, such as `kernel`.
  private(set) var variables: [VariableReport]
}

extension LayerGroup {
  /// The layers of a model, with what is in them.
  static func groups(of weights: StoredWeights) -> [LayerGroup] {
    weights.form == .keras3 ? tree(weights.layers) : weights.layers.compactMap(LayerGroup.init)
  }

  /// Puts layers in layers together; the outer one comes first where it has a group of its own.
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
      // The keys in `/layers` are made from the class; elsewhere they are what the user chose.
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

  /// The path of the layer that a layer is in; nil if it is in none.
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

  /// A layer in a tree of Keras 2; nil if the file only names it.
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
  /// Variables of Keras 2, which have names of their own.
  static func named(_ variables: [StoredVariable]) -> [VariableReport] {
    // The last component says it all, unless a model is a layer and has several of a name.
    let short = variables.map { variable in
      let last = variable.name.split(separator: "/").last ?? ""
      return String(last.split(separator: ":").first ?? last)
    }
    let isUnique = Set(short).count == short.count
    return zip(variables, short).filter { !$0.0.isMissing }
      .map { VariableReport(name: isUnique ? $1 : $0.name, $0) }
  }
}
