import Checkpoints
import Conversion
import JSON
import ModelFiles
import NeuralNetwork
import Tensors
import TestSupport
import Testing

/// Values in files that contradict what they are for.
@Suite("Hostile weights and slots")
struct HostileWeightTests {
  @Test(
    "A negative mean of squares is refused by every reader",
    arguments: ["Adam", "RMSprop", "Adagrad", "Adamax", "Nadam", "Adadelta"])
  func negativeSquares(className: String) throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/a.h5"
      let model = makeSmall()
      let optimizer = try OptimizerForm(className: className, options: [:]).make()
      optimizer.build(for: model.trainableVariables)
      for slot in optimizer.slotsInKerasOrder where slot.name == "momentum" {
        slot.value = Tensor(repeating: -1, shape: slot.shape)
      }
      let loss = SparseCategoricalCrossentropy(fromLogits: true)
      try Checkpoint(model: model, optimizer: optimizer, loss: loss).save(to: path)
      let other = try OptimizerForm(className: className, options: [:]).make()
      try CheckpointFile(opening: path).loadOptimizer(into: other, for: model)
      _ = try Conversion(of: path, to: "\(directory)/b.keras", as: .keras)

      let squares = try #require(
        optimizer.slotsInKerasOrder.last {
          ["velocity", "norm", "accumulator", "accumulated_delta_var"].contains($0.name)
        })
      squares.value = Tensor(repeating: -0.5, shape: squares.shape)
      try Checkpoint(model: model, optimizer: optimizer, loss: loss).save(to: path)
      let problem = "contains -0.5, but a mean of squares is at least 0"
      #expect(
        message { try CheckpointFile(opening: path).loadOptimizer(into: other, for: model) }
          .contains(problem))
      let text = message {
        try Conversion(of: path, to: "\(directory)/c.keras", as: .keras)
      }
      #expect(text.contains(problem), "\(text)")
      #expect(names(in: directory) == ["a.h5", "b.keras"])
    }
  }

  @Test("Numbers of four bytes that are marked as bfloat16 are refused")
  func marks() throws {
    let path = fixture("hostile/marked.weights.h5")
    let text = message { try CheckpointFile(opening: path).loadWeights(into: makeSmall()) }
    #expect(
      text.hasSuffix("damaged: it is marked as bfloat16, but its elements are float32"), "\(text)")
  }
}
