extension KerasDialect {
  /// The names that layers can have in a file: their own, as far as the Keras that reads it allows them.
  ///
  /// TensorFlow takes letters, digits and `._>-` only, Keras 3 no slash, and tf_keras begins a name with
  /// a letter, a digit or a dot. Names are unique, and none of them is a group that Keras makes itself.
  ///
  /// - Parameter names: The names of the layers of one model.
  /// - Returns: The names in the file, in the same order.
  func names(_ names: [String]) -> [String] {
    let all = Set(names)
    guard !names.allSatisfy({ allows($0, among: all) }) else { return names }
    // Those that stay as they are come first, so that no other one takes their name.
    var used = Set(names.filter { allows($0, among: all) })
    return names.map { name in
      guard !allows(name, among: all) else { return name }
      let base = allowed(name)
      var (unique, count) = (base, 0)
      while !used.insert(unique).inserted {
        count += 1
        unique = "\(base)_\(count)"
      }
      return unique
    }
  }

  /// The group beside the layers in a whole model.
  private static let reserved = "top_level_model_weights"

  private func allows(_ name: String, among names: Set<String>) -> Bool {
    guard name != ".", name != Self.reserved, let first = name.utf8.first, allows(first, first: true),
      name.utf8.allSatisfy({ allows($0, first: false) || (self == .keras2 && $0 == Self.slash) })
    else { return false }
    let components = name.split(separator: "/", omittingEmptySubsequences: false)
    // Weights of a layer `a` and a layer `a/b` would be in one group.
    return !components.contains("")
      && components.indices.dropFirst().allSatisfy { index in
        !names.contains(components[..<index].joined(separator: "/"))
      }
  }

  private func allowed(_ name: String) -> String {
    var result = ""
    for unit in name.utf8 {
      if allows(unit, first: result.isEmpty) {
        result.unicodeScalars.append(Unicode.Scalar(unit))
      } else if !result.isEmpty, result.last != "_" {
        result += "_"
      }
    }
    return result.isEmpty || result == "." || result == Self.reserved ? "layer_" + result : result
  }

  private static let slash = UInt8(ascii: "/")

  /// Whether a name may have a character, as its first one or later.
  private func allows(_ unit: UInt8, first: Bool) -> Bool {
    switch unit {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."):
      true
    case UInt8(ascii: "_"), UInt8(ascii: ">"), UInt8(ascii: "-"): !first || self != .keras2
    default: false
    }
  }
}

extension Architecture {
  /// Gives the layers, those in models in the model and the model itself names that a dialect allows.
  ///
  /// - Parameter dialect: Which Keras is to read them.
  /// - Returns: The same layers, and what was renamed.
  package func renamed(
    for dialect: KerasDialect
  ) -> (architecture: Architecture, changes: [(old: String, new: String)]) {
    let architecture = Architecture(
      name: dialect.names([name])[0], inputShape: inputShape, graph: graph,
      isFunctional: isFunctional, unsupportedInTraining: unsupportedInTraining)
    return (architecture, dialect.rename(layers))
  }
}

extension KerasDialect {
  fileprivate func rename(_ layers: [Layer]) -> [(old: String, new: String)] {
    zip(layers, names(layers.map(\.name))).flatMap { layer, name in
      let change = layer.name == name ? [] : [(old: layer.name, new: name)]
      layer.name = name
      return change + ((layer as? Model).map { rename($0.layersInOrder) } ?? [])
    }
  }
}
