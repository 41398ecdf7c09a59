extension Architecture {
  /// The names of the layers in a file: each Keras forbids some characters.
  ///
  /// Keras 3 refuses a slash, and tf_keras names that TensorFlow does not take for scopes.
  ///
  /// - Parameter dialect: Which Keras is to read the file.
  /// - Returns: A name for each of ``layers``, no two alike; most often the layer's own.
  package func layerNames(_ dialect: KerasDialect) -> [String] {
    var taken: Set<String> = []
    // Names that stay as they are come first, so that no other takes them.
    let names = layers.map { ($0.name, $0.name.allowed(dialect)) }
    for (name, allowed) in names where name == allowed { taken.insert(name) }
    return names.map { name, allowed in
      guard name != allowed else { return name }
      var unique = allowed
      var number = 0
      while !taken.insert(unique).inserted {
        number += 1
        unique = "\(allowed)_\(number)"
      }
      return unique
    }
  }
}

extension String {
  /// The name with what a Keras forbids replaced by `_`.
  ///
  /// Source: the pattern of names of scopes in tensorflow/python/framework/ops.py; a backslash, which it
  /// allows, is forbidden in the names of nodes.
  fileprivate func allowed(_ dialect: KerasDialect) -> String {
    guard dialect == .keras2 else { return String(map { $0 == "/" ? "_" : $0 }) }
    let name = String(
      unicodeScalars.map { scalar in
        let isAllowed = scalar.isASCII && (scalar.properties.isAlphabetic || "0"..."9" ~= scalar)
        return isAllowed || "_./>-".unicodeScalars.contains(scalar) ? Character(scalar) : "_"
      })
    let isStart = name.first.map { $0.isLetter || $0.isNumber || $0 == "." } ?? false
    return isStart ? name : "layer\(name)"
  }
}
