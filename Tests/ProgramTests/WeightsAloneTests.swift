import Checkpoints
import NeuralNetwork
import Tensors
import TestSupport
import Testing

@Suite("Files that hold weights alone, and not what the model is")
struct WeightsAloneTests {
  @Test(
    "predict recognizes the quickstart's weights, and lists how others differ")
  func predict() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/w.weights.h5"
      let picture = "\(packageDirectory)/samples/7.png"
      _ = try Opaque.saved(units: 128, hasBias: true, to: path)
      let result = try run("predict", [picture, "--model", path])
      #expect(result.code == 0)
      #expect(
        result.error
          == "predict: warning: '\(path)' contains only weights; their shapes match the quickstart "
          + "model, so its layers are assumed\n")

      _ = try Opaque.saved(units: 64, hasBias: false, to: path)
      let refused = try run("predict", [picture, "--model", path])
      #expect(refused.code == 65)
      #expect(
        refused.error == """
          predict: error: Cannot use '\(path)': it does not describe its layers, and its weights \
          do not match the quickstart model:
            - dense/kernel has the shape [21632, 128] in the model but [21632, 64] in the file \
          (/layers/dense/vars/0)
            - dense/bias has the shape [128] in the model but [64] in the file \
          (/layers/dense/vars/1)
            - dense_1/kernel has the shape [128, 10] in the model but [64, 10] in the file \
          (/layers/dense_1/vars/0)
            - dense_1/bias is missing from the file (/layers/dense_1/vars/1)\n
          """)
    }
  }

  @Test("train starts from them, with their optimizer or a new one")
  func train() throws {
    try withData { directory in
      let model = try Opaque.saved(units: 128, hasBias: true, to: "\(directory)/w.h5")
      let arguments = [
        "--save", "ckpt.h5", "--data", "data", "--max-steps", "1", "--resume", "w.h5",
      ]
      let refused = try run("train", arguments, in: directory)
      #expect(refused.code == 65)
      #expect(
        refused.error.hasPrefix(
          "train: error: 'w.h5' does not match the model:\n  - optimizer/iteration is missing"))
      #expect(
        refused.lastErrorLine
          == "train: hint: --optimizer selects another optimizer; --reset-optimizer starts with a "
          + "fresh one"
      )
      #expect(names(in: directory).contains("ckpt.h5") == false)
      let begun = try run("train", arguments + ["--reset-optimizer"], in: directory)
      #expect(begun.code == 0, "\(begun.whole)")
      #expect(begun.error.hasPrefix("train: starting from the weights of w.h5"))

      let optimizer = Adam(beta1: 0.8)
      optimizer.build(for: model.trainableVariables)
      optimizer.iterations = 7
      try Checkpoint(
        model: model, optimizer: optimizer, loss: SparseCategoricalCrossentropy(fromLogits: true)
      ).save(to: "\(directory)/w.h5")
      let other = try run("train", arguments + ["--overwrite"], in: directory)
      #expect(other.code == 0, "\(other.whole)")
      #expect(other.error.contains("its optimizer after 7 steps"))
    }
  }
}

/// The quickstart's model, but of more than calls of layers, so that a file cannot say what it is.
private final class Opaque: Model {
  let conv1 = Conv2D(32, 3, activation: .relu)
  let flatten = Flatten()
  let d1: Dense
  let d2: Dense

  init(units: Int, hasBias: Bool) {
    d1 = Dense(units, activation: .relu)
    d2 = Dense(10, useBias: hasBias)
    super.init()
  }

  /// Saves a model's weights, without a description of its layers.
  static func saved(units: Int, hasBias: Bool, to path: String) throws -> Opaque {
    let model = Opaque(units: units, hasBias: hasBias)
    model.build(inputShape: [28, 28, 1])
    try Checkpoint(model: model).save(to: path)
    return model
  }

  override func call(_ x: Tensor, training: Bool) -> Tensor {
    d2(d1(flatten(conv1(x + x))))
  }
}
