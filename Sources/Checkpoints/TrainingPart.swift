public import NeuralNetwork
import Tensors

/// A further model of a run with its optimizer, such as the discriminator of a GAN.
///
/// ```swift
/// let checkpoint = Checkpoint(
///   model: generator, optimizer: Adam(),
///   parts: ["discriminator": TrainingPart(discriminator, Adam())])
/// try checkpoint.save(to: "\(folder)/gan.h5")  // both models with their optimizers
/// ```
public struct TrainingPart {
  /// The model.
  public let model: Model

  /// The optimizer; `nil` if the model is not trained by one of its own.
  public let optimizer: Optimizer?

  /// Creates a part.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - optimizer: The optimizer; `nil` if the model is not trained by one of its own.
  public init(_ model: Model, _ optimizer: Optimizer? = nil) {
    (self.model, self.optimizer) = (model, optimizer)
  }

  /// Whether weights and optimizer are finite, as far as they exist.
  package var isFinite: Bool {
    (model.variables + (optimizer?.slotsInKerasOrder ?? [])).allSatisfy {
      $0.value.firstNonFinite() == nil
    }
  }
}
