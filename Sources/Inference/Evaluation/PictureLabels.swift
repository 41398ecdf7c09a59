/// The true classes of pictures, one after another.
///
/// ```swift
/// let labels = try PictureLabels(in: .same("7"), for: classifier)
/// var evaluation = AnswerEvaluation(classCount: classifier.classCount)
/// for input in PictureInputs([picture]) {
///   evaluation.add(try classifier(input.name), label: try labels.next(for: input))
/// }
/// print(evaluation.accuracy ?? 0)  // 1.0
/// ```
public final class PictureLabels {
  /// A place where true classes are written.
  public enum Place: Equatable, Sendable {
    /// The name of the folder that contains the picture.
    case folders
    /// A file with a label for each picture: IDX with numbers, or a text file with a name or number
    /// on each line.
    case file(String)
    /// The same class for all pictures.
    case same(String)
  }

  private let names: LabelNames
  private let classNames: [String]
  private let classCount: Int

  /// The labels that were found for names.
  private var known: [String: Int] = [:]

  /// Opens the labels.
  ///
  /// - Parameters:
  ///   - place: Where they are written.
  ///   - classifier: The classifier whose classes they are.
  /// - Throws: ``InferenceError/labels(_:)`` if a file cannot be read, or there is no such class.
  public init(in place: Place, for classifier: Classifier) throws(InferenceError) {
    (classNames, classCount) = (classifier.classNames, classifier.classCount)
    names = try LabelNames(in: place)
    if case .same(let name) = place { _ = try label(named: name, for: name) }
  }

  /// Returns the true class of the next picture.
  ///
  /// - Parameter input: The picture.
  /// - Returns: The number of the class.
  /// - Throws: ``InferenceError``; after ``LabelProblem/tooFew(path:_:)`` no others follow.
  public func next(for input: PictureInput) throws(InferenceError) -> Int {
    try label(named: try names.next(for: input), for: input.name)
  }

  /// Checks that no labels are left.
  ///
  /// - Throws: ``InferenceError``.
  public func finish() throws(InferenceError) { try names.finish() }

  private func label(named name: String, for picture: String) throws(InferenceError) -> Int {
    if let label = known[name] { return label }
    guard let label = Classifier.label(named: name, of: classNames, count: classCount) else {
      throw .labels(.unknownClass(name, of: picture))
    }
    known[name] = label
    return label
  }
}

extension Classifier {
  /// Returns the class of a name or a number.
  ///
  /// - Parameter name: The name of a class, or its number, from 0.
  /// - Returns: The number of the class; `nil` if there is none.
  public func label(named name: String) -> Int? {
    Self.label(named: name, of: classNames, count: classCount)
  }

  fileprivate static func label(named name: String, of names: [String], count: Int) -> Int? {
    names.firstIndex(of: name) ?? Int(name).flatMap { (0..<count).contains($0) ? $0 : nil }
  }
}
