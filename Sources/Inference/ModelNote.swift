/// A finding about a model that decides how images are preprocessed for it.
///
/// ```swift
/// let classifier = try Classifier(loading: model)
/// for case .assumes(let assumptions) in classifier.notes {
///   print("the file does not say: \(assumptions)")
/// }
/// ```
public enum ModelNote: Equatable, Sendable {
  /// The first layers scale the input, so that pixels have the given range.
  case scalesInput(layers: [String], range: PixelRange)

  /// The model recognises the reference digits if pixels have the given range.
  case recognisesDigits(range: PixelRange)

  /// The shapes fit MNIST, but the model does not recognise the reference digits.
  case recognisesNoDigits

  /// The file has a threshold for a score that does not exist, which is ignored.
  case unusableScore(String)

  /// The file does not say how pictures are prepared, so that these are assumed.
  case assumes([Assumption])

  /// Whether the finding is an assumption.
  public var isAssumption: Bool { if case .assumes = self { true } else { false } }
}
