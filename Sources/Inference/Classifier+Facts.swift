import NeuralNetwork

/// What a model takes and offers.
extension Classifier {
  /// The size of the model's input in pixels.
  public var inputSize: ClassifierOptions.Size { preparation.layout.size }

  /// The number of channels of the model's input: 1 for gray, 3 for RGB, 4 for RGBA.
  public var inputChannels: Int { preparation.layout.channels }

  /// The index of the class whose pictures show none of the others; `nil` if there is none.
  public var rejectedClass: Int? { rule?.rejectedClass }

  /// The methods that can explain an answer of this model.
  public var explanationMethods: [ExplanationMethod] {
    ExplanationMethod.allCases.filter { $0 != .gradcam || canUseGradCAM }
  }
}
