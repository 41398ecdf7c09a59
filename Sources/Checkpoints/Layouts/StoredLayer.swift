/// A group of a file that holds the variables of one layer.
package struct StoredLayer: Equatable, Sendable {
  /// The path of the group.
  package let path: String

  /// The path that Keras 3 gives the group; the same as ``path`` in most files.
  package let treePath: String

  /// What the group says that the layer is called: the name of the group before Keras 3, an attribute
  /// since 3.6.
  package let name: String?

  /// The variables: in the order of their numbers, or of the list of their names.
  package let variables: [StoredVariable]

  init(path: String, treePath: String? = nil, name: String?, variables: [StoredVariable]) {
    self.path = path
    self.treePath = treePath ?? path
    self.name = name
    self.variables = variables
  }
}

extension StoredLayer {
  /// The components of the path that are not the containers `layers`.
  package var components: [Substring] { treePath.split(separator: "/").filter { $0 != "layers" } }
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
