import HDF5

/// A group of a file that holds the variables of one layer.
struct LayerGroup {
  /// The path of the group.
  let path: String
  /// What the layer is called, as far as the group tells.
  let name: String
  /// The class of the layer, as far as the group tells.
  let className: String?
  /// The variables; their names are those within the layer, such as `kernel`.
  let variables: [VariableReport]
}

/// Bounds on the search for layers, beyond any model: they keep an odd file from taking forever.
enum LayerLimits {
  /// Groups in groups.
  static let depth = 12
  /// Layers, and variables in all.
  static let count = 10_000
  /// Members of groups that are looked at.
  static let members = 200_000
  /// Bytes in a name.
  static let nameBytes = 1 << 10
}

extension String {
  /// The text, unless it is too long to be a name.
  var asName: String? { isEmpty || utf8.count > LayerLimits.nameBytes ? nil : self }
}
