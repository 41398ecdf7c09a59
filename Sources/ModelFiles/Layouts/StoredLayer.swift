/// A group of a file with the variables of one layer.
///
/// See ``StoredWeights`` for an example.
public struct StoredLayer: Equatable, Sendable {
  /// The path of the group.
  public let path: String

  /// The path of the group in Keras 3; in most files equal to ``path``.
  public let treePath: String

  /// The name of the layer, if known: before Keras 3 the name of the group, since 3.6 an attribute.
  public let name: String?

  /// The variables, in the order of their numbers or of the list of their names.
  public let variables: [StoredVariable]

  init(path: String, treePath: String? = nil, name: String?, variables: [StoredVariable]) {
    self.path = path
    self.treePath = treePath ?? path
    self.name = name
    self.variables = variables
  }
}

extension StoredLayer {
  /// The components of the path without the containers `layers`.
  public var components: [Substring] { treePath.split(separator: "/").filter { $0 != "layers" } }
}

/// Limits on the search for layers, so that a malformed file cannot take forever.
///
/// No model reaches them.
enum LayerLimits {
  /// The maximum depth of nested groups.
  static let depth = 12
  /// The maximum number of layers, and of variables.
  static let count = 10_000
  /// The maximum number of members of groups to examine.
  static let members = 200_000
  /// The maximum length of a name, in bytes.
  static let nameBytes = 1 << 14
}

extension String {
  /// The text, or `nil` if it is empty or too long to be a name.
  var asName: String? { isEmpty || utf8.count > LayerLimits.nameBytes ? nil : self }
}
