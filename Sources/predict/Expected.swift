/// What is known about a picture.
enum Expected: Sendable {
  /// The number of its class.
  case label(Int)
  /// The numbers in it, with a line break between them.
  case number(String)

  /// The number of the class; `nil` if it is a number in the picture.
  var label: Int? { if case .label(let label) = self { label } else { nil } }

  /// The numbers in the picture; `nil` if it is a class.
  var number: String? { if case .number(let number) = self { number } else { nil } }
}
