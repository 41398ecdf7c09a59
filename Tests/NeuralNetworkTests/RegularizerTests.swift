import JSON
import NeuralNetwork
import Tensors
import TestSupport
import Testing

/// A model that calls a layer on its own output.
private final class Twice: Model {
  let layer: Layer

  init(_ layer: Layer) {
    self.layer = layer
    super.init()
  }

  override func call(_ x: Tensor, training: Bool) -> Tensor { layer(layer(x)) }
}

/// What regularizers add to a loss, and what constraints make of weights; the steps of real Keras
/// with both are in `RegularizerFileTests`.
@Suite("Regularizers and constraints")
struct RegularizerTests {
  /// A layer of two inputs and two units with the kernel [[3, -1], [4, 2]].
  private func dense(_ change: (Dense) -> Void) -> Sequential {
    let dense = Dense(2, useBias: false)
    change(dense)
    let model = Sequential([dense])
    model.build(inputShape: [2])
    dense.kernel.value = Tensor([3, -1, 4, 2], shape: [2, 2])
    return model
  }

  @Test("A regularizer gives the penalty l1 · Σ|w| + l2 · Σw² of trainable weights")
  func penalty() {
    let model = dense { $0.setRegularizer(.l1l2(l1: 0.5, l2: 0.25), of: "kernel") }
    // 0.5 · 10 + 0.25 · 30
    #expect(model.penalty?.scalar == 12.5)
    let layer = model.layersInOrder[0]
    layer.setRegularizer(.l1(2), of: "kernel")
    #expect(model.penalty?.scalar == 20)
    layer.isTrainable = false
    #expect(model.penalty == nil)
    layer.isTrainable = true
    layer.setRegularizer(nil, of: "kernel")
    #expect(model.penalty == nil)
  }

  @Test("Losses of fit and evaluate have the penalty")
  func losses() {
    let model = dense { $0.setRegularizer(.l2(0.25), of: "kernel") }
    model.compile(optimizer: SGD(learningRate: 0.5), loss: MeanSquaredError())
    let batch = (Tensor([1, 0], shape: [1, 2]), Tensor([3, -1], shape: [1, 2]))
    #expect(model.evaluate([batch])["loss"] == 7.5)
    let history = model.fit([batch], epochs: 1)
    #expect(history.history["loss"] == [7.5])
    // The gradient is 2 · 0.25 · w.
    let kernel = model.variables[0].value.scalars
    #expect(kernel == [2.25, -0.75, 3, 1.5])
  }

  @Test("An orthogonal regularizer takes the mean |cosine| of pairs of rows or columns")
  func orthogonality() {
    // The rows (3, 4), (0, -2) and (1, 0) have the cosines -0.8, 0.6 and 0.
    let weight = Tensor([3, 4, 0, -2, 1, 0], shape: [3, 2])
    let rows = Regularizer.orthogonal(0.3)(weight).scalar
    #expect(abs(rows - 0.3 * 1.4 / 3) < 1e-7)
    // The columns (3, 0, 1) and (4, -2, 0).
    let columns = Regularizer.orthogonal(0.3, mode: .columns)(weight).scalar
    #expect(abs(columns - 0.3 * 12 / Float(200).squareRoot()) < 1e-7)
    // Keras divides by the number of pairs, which is 0.
    #expect(Regularizer.orthogonal()(Tensor([1, 2], shape: [1, 2])).scalar.isNaN)
  }

  @Test("A regularizer of outputs adds its penalty for each example, in fit and evaluate")
  func outputs() {
    let model = dense { $0.setRegularizer(.l1(0.5), of: "activity") }
    model.compile(optimizer: SGD(learningRate: 0.5), loss: MeanSquaredError())
    // The outputs (3, -1) and (4, 2) give 0.5 · 10 / 2.
    let batch = (Tensor([1, 0, 0, 1], shape: [2, 2]), Tensor([3, -1, 4, 2], shape: [2, 2]))
    #expect(model.evaluate([batch])["loss"] == 2.5)
    #expect(model.penalty == nil)
    #expect(model.fit([batch], epochs: 1).history["loss"] == [2.5])
    // The gradient is ±0.5 / 2.
    #expect(model.variables[0].value.scalars == [2.875, -0.875, 3.875, 1.875])
  }

  @Test("The penalty of a model is that on the outputs of the last call in training")
  func lastCall() {
    let model = dense { $0.setRegularizer(.l2(1), of: "activity") }
    let (one, two) = (Tensor([1, 0], shape: [1, 2]), Tensor([0, 1], shape: [1, 2]))
    _ = model(one)
    #expect(model.penalty == nil)
    // A layer alone, and then a model that contains it.
    _ = model.layersInOrder[0](two, training: true)
    #expect(model.penalty?.scalar == 20)
    _ = model(one, training: true)
    #expect(model.penalty?.scalar == 10)
    _ = model(two)
    #expect(model.penalty?.scalar == 10)
    // The penalty is that of all calls of a layer.
    let shared = dense { $0.setRegularizer(.l2(1), of: "activity") }.layersInOrder[0]
    let twice = Twice(shared)
    _ = twice(one, training: true)
    // (3, -1), and 3 (3, -1) - (4, 2) = (5, -5).
    #expect(twice.penalty?.scalar == 60)
  }

  @Test("A file's orthogonal regularizer of other than matrices is kept, and a note names it")
  func otherRanks() throws {
    let orthogonal = #"{"class_name": "OrthogonalRegularizer", "config": {}}"#
    let config = #"""
      {"class_name": "Sequential", "config": {"name": "s", "layers": [
       {"class_name": "InputLayer", "config": {"batch_shape": [null, 4, 2], "name": "i"}},
       {"class_name": "Conv1D", "config": {"name": "c", "filters": 2, "kernel_size": 2,
        "kernel_regularizer": \#(orthogonal), "activity_regularizer": \#(orthogonal)}},
       {"class_name": "TimeDistributed", "config": {"name": "t", "layer":
        {"class_name": "Dense", "config": {"name": "d", "units": 2,
         "bias_regularizer": \#(orthogonal)}}}},
       {"class_name": "Bidirectional", "config": {"name": "b", "layer":
        {"class_name": "LSTM", "config": {"name": "l", "units": 2, "return_sequences": true,
         "activity_regularizer": \#(orthogonal), "kernel_regularizer": \#(orthogonal)}}}}]}}
      """#
    let architecture = try Architecture(kerasConfig: JSON(parsing: config))
    #expect(
      architecture.notes == [
        .notApplied(layer: "c", options: ["activity_regularizer", "kernel_regularizer"]),
        .notApplied(layer: "t", options: ["bias_regularizer"]),
        .notApplied(layer: "b", options: ["activity_regularizer"]),
      ])
    let model = architecture.makeModel()
    model.build(inputShape: [4, 2])
    _ = model(Tensor(zeros: [2, 4, 2]), training: true)
    // Only the kernels of both directions have one.
    #expect(model.variables.count { $0.regularizer != nil } == 2)
    #expect(model.penalty?.scalar == model.layersInOrder[2].penalty?.scalar)
  }

  @Test("A step applies constraints after the update")
  func constraints() {
    let model = dense { $0.setConstraint(.maxNorm(2.5), of: "kernel") }
    let loss = withGradientTape { (model.variables[0].value * 0).sum() }
    SGD(learningRate: 1).apply(loss.gradients(), to: model.trainableVariables)
    // The first column has the norm 5, the second one less than 2.5.
    #expect(
      relativeDifference(model.variables[0].value.scalars, [1.5, -1, 2, 2]) < 1e-6)
  }

  @Test("Constraints without the axes of a weight leave it as it is")
  func axes() {
    let weight = Tensor([3, -4], shape: [2])
    for axes in [[], [1], [-2], [0, 0], [0, -1], [9]] {
      #expect(Constraint.unitNorm(axes: axes)(weight).scalars == [3, -4])
    }
    let unit = Constraint.unitNorm(axes: [-1])(weight).scalars
    #expect(relativeDifference(unit, [0.6, -0.8]) < 1e-6)
    #expect(Constraint.nonNegative(weight).scalars == [3, 0])
  }

  @Test(
    "What is no regularizer or constraint of Keras is kept, and a note names it",
    arguments: [
      ("kernel_regularizer", #"{"class_name": "L2", "config": {"l2": -1}}"#),
      ("kernel_regularizer", #"{"class_name": "L2", "config": {"l2": "much"}}"#),
      (
        "kernel_regularizer",
        #"{"class_name": "OrthogonalRegularizer", "config": {"mode": "diagonals"}}"#
      ),
      (
        "kernel_regularizer", #"{"class_name": "OrthogonalRegularizer", "config": {"factor": -1}}"#
      ),
      ("activity_regularizer", #"{"class_name": "Entropy", "config": {}}"#),
      ("kernel_constraint", #"{"class_name": "MaxNorm", "config": {"max_value": -1}}"#),
      ("kernel_constraint", #"{"class_name": "UnitNorm", "config": {"axis": [0, "x"]}}"#),
      ("kernel_constraint", #"{"class_name": "MinMaxNorm", "config": {"min_value": 2}}"#),
      ("kernel_constraint", #"{"class_name": "MinMaxNorm", "config": {"rate": 2}}"#),
      ("bias_constraint", #""my_constraint""#),
    ])
  func others(option: String, value: String) throws {
    let config = #"""
      {"class_name": "Sequential", "config": {"name": "s", "layers": [
       {"class_name": "InputLayer", "config": {"batch_shape": [null, 2], "name": "i"}},
       {"class_name": "Dense", "config": {"name": "d", "units": 2, "\#(option)": \#(value)}}]}}
      """#
    let architecture = try Architecture(kerasConfig: JSON(parsing: config))
    #expect(architecture.notes == [.notApplied(layer: "d", options: [option])])
    let model = architecture.makeModel()
    model.build(inputShape: [2])
    #expect(model.penalty == nil && model.variables.allSatisfy { $0.constraint == nil })
    let written = architecture.kerasConfig(.archive)["config"]?["layers"]?.array?[1]["config"]
    #expect(written?[option] != nil)
  }
}
