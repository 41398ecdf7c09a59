/// The true numbers in pictures, one after another.
///
/// The numbers of a picture with several lines are separated by blanks.
package final class NumberLabels {
  private let names: LabelNames

  /// Opens the labels.
  ///
  /// - Parameter place: Where they are written; IDX files have numbers up to 255 only.
  /// - Throws: ``InferenceError/labels(_:)`` if a file cannot be read, or the same text for all
  ///   pictures is no number.
  package init(in place: PictureLabels.Place) throws(InferenceError) {
    names = try LabelNames(in: place)
    if case .same(let text) = place { _ = try Self.number(text, of: text) }
  }

  /// Returns the true number in the next picture.
  ///
  /// - Parameter input: The picture.
  /// - Returns: The digits, with a line break between the lines.
  /// - Throws: ``InferenceError``; after ``LabelProblem/tooFew(path:_:)`` no others follow.
  package func next(for input: PictureInput) throws(InferenceError) -> String {
    try Self.number(try names.next(for: input), of: input.name)
  }

  /// Checks that no labels are left.
  ///
  /// - Throws: ``InferenceError``.
  package func finish() throws(InferenceError) { try names.finish() }

  private static func number(
    _ text: String, of picture: String
  ) throws(InferenceError) -> String {
    let lines = text.split(whereSeparator: \.isWhitespace)
    let isNumber = lines.allSatisfy { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
    guard !lines.isEmpty, isNumber else { throw .labels(.noNumber(text, of: picture)) }
    return lines.joined(separator: "\n")
  }
}
