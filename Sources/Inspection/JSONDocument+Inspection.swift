import Files
public import JSON

extension JSONDocument {
  /// The value as indented ASCII text, without a line break at the end.
  ///
  /// Invalid UTF-8 in paths and names is written as `\xFF`.
  public var text: String { text(.indented, spelling: PathText.printable) }

  static func string(_ value: String?) -> JSONDocument { value.map(JSONDocument.string) ?? .null }

  static func integer(_ value: Int?) -> JSONDocument {
    value.map { .integer(Int64($0)) } ?? .null
  }

  static func number(_ value: Double?) -> JSONDocument { value.map(JSONDocument.number) ?? .null }

  static func shape(_ shape: [Int?]?) -> JSONDocument {
    shape.map { .array($0.map { .integer($0) }) } ?? .null
  }
}
