extension Architecture {
  /// The layer names for a file, without the characters that the Keras generation forbids.
  ///
  /// Keras 3 forbids slashes, and tf_keras forbids names that are not valid scope names of
  /// TensorFlow.
  ///
  /// - Parameter dialect: The Keras generation that will read the file.
  /// - Returns: A unique name for each of ``layers``, usually the layer's own.
  package func layerNames(_ dialect: KerasDialect) -> [String] {
    var taken: Set<String> = []
    // Unchanged names come first, so that replacements cannot collide with them.
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
  /// The name with forbidden characters replaced by `_`.
  ///
  /// Source: the pattern of scope names in tensorflow/python/framework/ops.py. It allows
  /// backslashes, which node names forbid.
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
