/// A file with named arrays.
protocol ArrayFile: Sendable {
  /// The path of the file.
  var path: String { get }

  /// The names of the arrays.
  var names: [String] { get }

  /// Returns the shape and the kind of the elements of an array, without reading it.
  func outline(of name: String) throws(DatasetError) -> (shape: [Int], kind: NumberArray.Kind)

  /// Reads an array.
  func array(_ name: String) throws(DatasetError) -> NumberArray
}

/// The names that Keras's data sets give to arrays: `x_train`, `y_train`, `x_test`, `y_test`.
enum ArrayNames {
  static func of(_ part: DataPart) -> (images: String, labels: String) {
    let suffix = part == .validation ? "val" : part.rawValue
    return ("x_\(suffix)", "y_\(suffix)")
  }
}
