/// A group of a file that holds the variables of one layer.
package struct StoredLayer: Equatable, Sendable {
  /// The path of the group.
  package let path: String

  /// What the group says that the layer is called: the name of the group before Keras 3, an attribute
  /// since 3.6.
  package let name: String?

  /// The variables: in the order of their numbers, or of the list of their names.
  package let variables: [StoredVariable]
}

extension StoredLayer {
  /// The components of the path that are not the containers `layers`.
  package var components: [Substring] {
    path.split(separator: "/").filter { $0 != "layers" && $0 != "_layer_checkpoint_dependencies" }
  }

  /// The path as Keras writes it now: `_layer_checkpoint_dependencies` is what Keras 2.12 to 2.14
  /// called `layers`.
  var modernPath: String {
    guard path.contains("_layer_checkpoint_dependencies") else { return path }
    let components = path.split(separator: "/").map {
      $0 == "_layer_checkpoint_dependencies" ? "layers" : $0
    }
    return "/" + components.joined(separator: "/")
  }
}

/// Bounds on the search for layers, beyond any model: they keep an odd file from taking forever.
package enum LayerLimits {
  /// Groups in groups.
  package static let depth = 12
  /// Layers, and variables in all.
  package static let count = 10_000
  /// Members of groups that are looked at.
  package static let members = 200_000
  /// Bytes in a name.
  package static let nameBytes = 1 << 14
}

extension String {
  /// The text, unless it is too long to be a name.
  package var asName: String? { isEmpty || utf8.count > LayerLimits.nameBytes ? nil : self }
}
