public import NeuralNetwork

/// A reason why a model cannot be trained on the data.
///
/// ```swift
/// var options = RunOptions(savePath: "\(folder)/ckpt.h5")
/// options.recipe.frozen = ["*"]
/// do {
///   _ = try Trainer(options: options, data: data).run()
/// } catch TrainingError.model(let problem) {
///   print(problem)  // all layers with weights are frozen
/// }
/// ```
public enum UntrainableModel: Error, Equatable, Sendable {
  /// The pictures are smaller than ``ModelName/minimumSide``.
  case tooSmall(ModelName, height: Int, width: Int)

  /// The description of the model cannot be used for pictures of this size and so many classes.
  case description(KerasError)

  /// Its output is neither logits nor probabilities of the classes.
  case output

  /// No layer has a name that the pattern describes.
  case noLayer(named: String)

  /// Every weight is frozen.
  case allFrozen

  /// A step would take too much memory.
  case memory(GradientMemoryError)
}

extension UntrainableModel: CustomStringConvertible {
  /// The problem in one sentence.
  public var description: String {
    switch self {
    case .tooSmall(let model, let height, let width):
      "The model \(model.rawValue) needs pictures of at least \(model.minimumSide) by"
        + " \(model.minimumSide) pixels, but these are \(height) by \(width)"
    case .description(let error): "\(error)"
    case .output:
      "The outputs of the model are neither logits nor probabilities, which a classifier needs"
    case .noLayer(let name): "The model has no layer '\(name)' to freeze"
    case .memory(let error): "\(error)"
    case .allFrozen: "All layers with weights are frozen, so that there is nothing to train"
    }
  }
}
