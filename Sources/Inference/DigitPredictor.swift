public import Checkpoints
import NeuralNetwork
import PNG
import Tensors

/// Recognises digits in pictures with the model of a checkpoint.
public struct DigitPredictor {
  private let model: GraphModel
  private let path: String

  /// What its seal says of the checkpoint: what was read of it are the bytes that were sealed, or there is no
  /// seal.
  public let seal: SealState

  /// What was taken for granted about the model, in words; `nil` if the checkpoint says what it is.
  public let note: String?

  /// Loads a model.
  ///
  /// - Parameter path: The path of a checkpoint whose model takes images of 28 × 28 pixels and one
  ///   channel, and gives ten logits or probabilities; or of weights alone, if their shapes are those
  ///   of the quickstart's model.
  /// - Throws: ``InferenceError`` if the checkpoint cannot be read, or its model is another one.
  public init(loading path: String) throws(InferenceError) {
    do throws(CheckpointError) {
      let file = try CheckpointFile(opening: path)
      seal = file.seal
      if try file.describesModel {
        model = try file.loadModel()
        note = nil
      } else {
        model = Self.makeQuickstartModel()
        try file.loadWeights(into: model)
        note = """
          '\(path)' holds weights alone; by their shapes they are taken for those of the \
          quickstart's model
          """
      }
    } catch {
      guard case .mismatch(_, let differences) = error,
        !((try? CheckpointFile(opening: path).describesModel) ?? true)
      else { throw .checkpoint(error) }
      throw .otherModel(
        path: path,
        problem: "it does not say what its layers are, and its weights are not those of the "
          + "quickstart's model:" + differences.map { "\n  - \($0)" }.joined())
    }
    self.path = path
    let input: Shape = [FittedDigit.side, FittedDigit.side, 1]
    guard model.inputShape == input else {
      throw .otherModel(
        path: path,
        problem: "its model takes inputs of shape \(model.inputShape ?? []), not \(input)")
    }
    guard let output = try? model.outputShape(inputShape: input), output == [10] else {
      throw .otherModel(path: path, problem: "its model does not tell ten digits apart")
    }
  }

  /// The model of TensorFlow's quickstart for experts, which `train` trains.
  private static func makeQuickstartModel() -> GraphModel {
    let model = Sequential([
      Conv2D(32, 3, activation: .relu), Flatten(), Dense(128, activation: .relu), Dense(10),
    ])
    model.build(inputShape: [FittedDigit.side, FittedDigit.side, 1])
    return model
  }

  /// Recognises the digit in a picture.
  ///
  /// - Parameters:
  ///   - file: The path of a PNG.
  ///   - preprocessor: How the picture becomes the model's input.
  /// - Returns: What the picture shows, and what the model saw of it.
  /// - Throws: ``InferenceError`` if the picture cannot be read or used, or the model's weights give
  ///   no finite result.
  public func callAsFunction(
    _ file: String, preprocessor: DigitPreprocessor
  ) throws(InferenceError) -> Prediction {
    let image: Image
    do throws(PNGError) {
      image = try Image.decode(contentsOf: file)
    } catch {
      throw .picture(error)
    }
    let input: DigitPreprocessor.Result
    do throws(PreprocessingError) {
      input = try preprocessor(image)
    } catch {
      throw .preprocessing(path: file, error)
    }
    return Prediction(
      file: file, probabilities: try probabilities(of: input.scaled), pixels: input.pixels,
      preprocessing: input.preprocessing)
  }

  /// Computes the probabilities of the ten digits for 28 × 28 pixels in `0...1`.
  private func probabilities(of pixels: [Float]) throws(InferenceError) -> [Float] {
    let side = FittedDigit.side
    let output = model(Tensor(pixels, shape: [1, side, side, 1]))
    let probabilities = (output.softmaxLogits == nil ? output.softmax() : output).scalars
    guard probabilities.allSatisfy(\.isFinite) else {
      throw .otherModel(path: path, problem: "its weights give results that are not finite")
    }
    return probabilities
  }
}
