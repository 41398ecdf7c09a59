import Files

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

  /// Reads an array of texts.
  func texts(_ name: String) throws(DatasetError) -> [String]
}

extension ArrayFile {
  /// Reads the names of the classes, if there is an array of them.
  func classNames() throws(DatasetError) -> [String]? {
    let name = ArrayNames.classNames
    guard names.contains(name) else { return nil }
    let texts = try texts(name)
    if let reason = NameList.problem(in: texts) {
      throw .damaged(path: path, reason: "'\(name)' cannot be used: \(reason)")
    }
    return texts
  }
}

/// The names that Keras's data sets give to arrays: `x_train`, `y_train`, `x_test`, `y_test`.
enum ArrayNames {
  /// The names of the classes, which Keras's data sets do not have.
  static let classNames = "class_names"

  static func of(_ part: DataPart) -> (images: String, labels: String) {
    let suffix = part == .validation ? "val" : part.rawValue
    return ("x_\(suffix)", "y_\(suffix)")
  }
}
