extension String {
  /// The name in snake case, as Keras derives it: `MaxPooling2D` becomes `max_pooling2d`.
  ///
  /// Inserts `_` as in `keras.src.utils.naming.to_snake_case`: before a capital letter that is
  /// followed by lower-case letters, except at the start; and between a lower-case and a capital
  /// letter.
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
