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
    return Self.unique(layers.map(\.name), dialect, &taken)
  }

  /// The names of the input layers for a file, without the characters that the Keras generation
  /// forbids, and different from those of the layers.
  ///
  /// - Parameter dialect: The Keras generation that will read the file.
  /// - Returns: A unique name for each of ``inputs``, usually the input's own.
  package func inputNames(_ dialect: KerasDialect) -> [String] {
    var taken = Set(layerNames(dialect))
    return Self.unique(inputs.map(\.name), dialect, &taken)
  }

  private static func unique(
    _ names: [String], _ dialect: KerasDialect, _ taken: inout Set<String>
  ) -> [String] {
    // Unchanged names come first, so that replacements cannot collide with them.
    var result = names.map { name in
      name == name.allowed(dialect) && taken.insert(name).inserted ? name : nil
    }
    var numbers: [String: Int] = [:]
    for (index, name) in names.enumerated() where result[index] == nil {
      let allowed = name.allowed(dialect)
      var unique = allowed
      while !taken.insert(unique).inserted {
        numbers[allowed, default: 0] += 1
        unique = "\(allowed)_\(numbers[allowed, default: 0])"
      }
      result[index] = unique
    }
    return result.map { $0 ?? "" }
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
