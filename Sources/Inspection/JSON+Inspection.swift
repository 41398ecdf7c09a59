import Files
public import JSON

extension JSON {
  /// The value as indented ASCII text, without a line break at the end.
  ///
  /// Invalid UTF-8 in paths and names is written as `\xFF`.
  public var indentedText: String { text(.indented, spelling: PathText.printable) }

  static func string(_ value: String?) -> JSON { value.map(JSON.string) ?? .null }

  static func integer(_ value: Int?) -> JSON {
    value.map(JSON.integer) ?? .null
  }

  static func number(_ value: Double?) -> JSON { value.map(JSON.number) ?? .null }

  static func shape(_ shape: [Int?]?) -> JSON {
    shape.map { .array($0.map { .integer($0) }) } ?? .null
  }
}
