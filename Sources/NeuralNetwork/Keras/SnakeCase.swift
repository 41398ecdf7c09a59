extension String {
  /// The name that Keras derives from a class: `MaxPooling2D` becomes `max_pooling2d`.
  ///
  /// Two insertions of `_`, as in `keras.src.utils.naming.to_snake_case`: before a capital that is
  /// followed by small letters, unless it is the first letter; and between a small letter and a
  /// capital.
  package var snakeCased: String {
    let letters = filter { $0.isLetter || $0.isNumber || $0 == "_" }.map { $0 }
    var result = ""
    for (index, letter) in letters.enumerated() {
      if index > 0, letter.isUppercase {
        let startsWord = index + 1 < letters.count && letters[index + 1].isLowercase
        if (startsWord && letters[index - 1] != "_") || letters[index - 1].isLowercase {
          result += "_"
        }
      }
      result += letter.lowercased()
    }
    return result
  }
}
