public import Inference

extension ModelNote {
  /// The finding as a sentence without a full stop.
  ///
  /// - Parameters:
  ///   - path: The path of the model.
  ///   - program: The name of the program.
  /// - Returns: The sentence.
  public func sentence(about path: String, by program: String) -> String {
    switch self {
    case .scalesInput(let layers, let range):
      """
      '\(path)' scales its input itself (\(layers.joined(separator: ", "))): pixels are \
      \(range.rawValue)
      """
    case .recognisesDigits(let range):
      "'\(path)' recognises MNIST digits with pixels in \(range.rawValue), which is used"
    case .recognisesNoDigits:
      """
      '\(path)' does not recognise MNIST digits, so images are not preprocessed as digits, and \
      classes are printed as numbers
      """
    case .unusableScore(let score):
      "'\(path)' has a threshold for the score '\(score)', which \(program) cannot compute"
    case .assumes(let assumptions):
      """
      '\(path)' does not say how its images were prepared, so \(program) assumes \
      \(assumptions.map(phrase).joined(separator: ", "))
      """
    }
  }

  /// An assumption with the option that replaces it.
  private func phrase(_ assumption: Assumption) -> String {
    switch assumption {
    case .size(let size): "\(size) pixels (--image-size)"
    case .rgb: "colours in the order RGB (--image-color)"
    case .range(let range): "pixels of \(range.rawValue) (--scale)"
    case .stretched: "images stretched to the input (--fit)"
    case .classNumbers: "numbers as names of the classes (--classes)"
    }
  }
}
