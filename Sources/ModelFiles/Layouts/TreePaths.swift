/// The paths of groups in a tree of weights, translated to those of Keras 3.
///
/// Keras 2.12 to 2.15 and 3.0 joined the components with a backslash on Windows, as in the group
/// `layers\conv2d` of the root. Keras 2.12 and 2.13 named the container of the layers
/// `_layer_checkpoint_dependencies` and counted layers with weights twice, so that the second
/// convolution is `conv2d_2`.
///
/// Source: keras/saving/saving_lib.py and keras/engine/functional.py of Keras 2.12 and 2.13.
struct TreePaths {
  /// The names of the group of a model that holds its layers.
  static let containers: Set<String> = ["layers", oldContainer]

  private static let oldContainer = "_layer_checkpoint_dependencies"

  /// For each container of Keras 2.12 and 2.13, by its path: the keys of Keras 3 by its own keys.
  private let keys: [String: [Substring: String]]

  /// Finds the keys of the layers.
  ///
  /// - Parameter paths: The paths of the groups of all layers, including those without weights.
  init(_ paths: [String]) {
    var found: [String: Set<Substring>] = [:]
    for path in paths where path.contains(Self.oldContainer) {
      let components = Self.components(of: path)
      for (index, component) in components.enumerated().dropLast()
      where component == Self.oldContainer {
        found[components[...index].joined(separator: "/"), default: []]
          .insert(components[index + 1])
      }
    }
    keys = found.mapValues { keys in
      var renamed: [Substring: String] = [:]
      for (base, keys) in Dictionary(grouping: keys, by: { Self.counter(of: $0).base }) {
        let sorted = keys.sorted { Self.counter(of: $0).number < Self.counter(of: $1).number }
        for (index, key) in sorted.enumerated() {
          renamed[key] = index == 0 ? "\(base)" : "\(base)_\(index)"
        }
      }
      return renamed
    }
  }

  /// The path of a group in Keras 3.
  func modern(_ path: String) -> String {
    guard path.contains("\\") || path.contains(Self.oldContainer) else { return path }
    let components = Self.components(of: path)
    return components.indices.reduce(into: "") { result, index in
      let container = components[..<index]
      let component = components[index]
      if component == Self.oldContainer {
        result += "/layers"
      } else if container.last == Self.oldContainer[...],
        let key = keys[container.joined(separator: "/")]?[component]
      {
        result += "/\(key)"
      } else {
        result += "/\(component)"
      }
    }
  }

  /// The components of a path, separated by slashes or backslashes.
  static func components(of path: String) -> [Substring] {
    path.split { $0 == "/" || $0 == "\\" }
  }

  /// Splits a key into its base and its counter: `conv2d` and 2 for `conv2d_2`.
  private static func counter(of key: Substring) -> (base: Substring, number: Int) {
    guard let underscore = key.lastIndex(of: "_") else { return (key, 0) }
    let digits = key[underscore...].dropFirst()
    guard !digits.isEmpty, digits.count <= 9, digits.allSatisfy({ ("0"..."9").contains($0) }),
      let number = Int(digits)
    else { return (key, 0) }
    return (key[..<underscore], number)
  }
}
