/// The kind of an object of a file.
enum ObjectKind: Int {
  case group
  case dataset
  case namedDatatype
  case unknown
}

extension ObjectKind: CustomStringConvertible {
  /// The kind as a noun phrase.
  var description: String {
    switch self {
    case .group: "a group"
    case .dataset: "a dataset"
    case .namedDatatype: "a named datatype"
    case .unknown: "an unknown object"
    }
  }
}
