import JSON
import NeuralNetwork
import Tensors
import TestSupport
import Testing

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
      ("kernel_regularizer", #"{"class_name": "OrthogonalRegularizer", "config": {}}"#),
      ("activity_regularizer", #"{"class_name": "L2", "config": {"l2": 0.1}}"#),
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
