import HDF5
import JSON
import NeuralNetwork
import Tensors
import TestSupport
import Testing

@Suite("Layers like Keras's")
struct KerasLayerTests {
  static let layers = (try? Golden("layers.h5").names(in: "layers")) ?? []
  static let losses = (try? Golden("layers.h5").names(in: "losses")) ?? []
  static let optimizers = (try? Golden("layers.h5").names(in: "optimizers")) ?? []

  @Test("There are cases of every kind")
  func fixtureIsComplete() {
    #expect(Self.layers.count > 50)
    #expect(Self.losses.count > 10)
    #expect(Self.optimizers.count == 9)
  }

  @Test("Output and gradients agree with Keras", arguments: layers)
  func layer(name: String) throws {
    let golden = try Golden("layers.h5")
    let group = "layers/\(name)"
    let config = try golden.json("config", of: group)
    let x = try golden.tensor("\(group)/input")
    let architecture = try Architecture(
      kerasConfig: .object([
        "class_name": .string("Sequential"),
        "config": .object(["layers": .array([config])]),
        "build_config": .object([
          "input_shape": .array([.null] + x.shape.dropFirst().map(JSON.integer))
        ]),
      ]))
    let layer = try #require(architecture.layers.first)
    layer.build(inputShape: Shape(x.shape.dropFirst()))
    let weights = try golden.tensors(in: "\(group)/weights")
    #expect(layer.weights.map(\.shape) == weights.map(\.shape))
    for (variable, value) in zip(layer.weights, weights) { variable.value = value }

    let input = Variable(x, name: "input")
    let cotangent = try golden.tensor("\(group)/cotangent")
    let (y, product) = withGradientTape {
      let y = layer(input.value)
      return (y, (y * cotangent).sum())
    }
    let gradients = product.gradients()

    let expected = try golden.tensor("\(group)/output")
    #expect(y.shape == expected.shape)
    #expect(relativeDifference(y.scalars, expected.scalars) <= 1e-6)
    let inputGradient = try #require(gradients[input])
    #expect(
      relativeDifference(
        inputGradient.scalars, try golden.tensor("\(group)/input_gradient").scalars) <= 2e-6)
    let expectedGradients = try golden.tensors(in: "\(group)/weight_gradients")
    for (variable, expected) in zip(layer.weights, expectedGradients) {
      let gradient = try #require(gradients[variable])
      #expect(relativeDifference(gradient.scalars, expected.scalars, scale: 1) <= 2e-6)
    }
  }

  @Test("Losses and their gradients agree with Keras, at their edges too", arguments: losses)
  func loss(name: String) throws {
    let golden = try Golden("layers.h5")
    let group = "losses/\(name)"
    let loss = try #require(makeLoss(try golden.json("config", of: group)))
    let predictions = Variable(try golden.tensor("\(group)/predictions"), name: "predictions")
    let labels = try golden.tensor("\(group)/labels")
    let (samples, value) = withGradientTape {
      let predictions = predictions.value
      return (loss.perExample(labels, predictions), loss(labels, predictions))
    }
    let gradient = try #require(value.gradients()[predictions])
    #expect(
      relativeDifference(
        samples.scalars, try golden.tensor("\(group)/sample_losses").scalars) <= 1e-6)
    #expect(
      relativeDifference(value.scalars, try golden.tensor("\(group)/loss").scalars) <= 1e-6)
    #expect(
      relativeDifference(
        gradient.scalars, try golden.tensor("\(group)/gradient").scalars) <= 2e-6)
  }

  @Test("Each step of each optimizer agrees with Keras", arguments: optimizers)
  func optimizer(name: String) throws {
    let golden = try Golden("layers.h5")
    let group = "optimizers/\(name)"
    let optimizer = try #require(makeOptimizer(try golden.json("config", of: group)))
    let weight = Variable(try golden.tensor("\(group)/initial"), name: "weight")
    let gradients = try golden.tensor("\(group)/gradients")
    let steps = try golden.tensor("\(group)/steps")
    for step in 0..<gradients.shape[0] {
      let gradient = gradients[rows: step..<step + 1].reshaped(weight.shape)
      let product = withGradientTape { (weight.value * gradient).sum() }
      optimizer.apply(product.gradients(), to: [weight])
      let expected = steps[rows: step..<step + 1].scalars
      for (actual, expected) in zip(weight.value.scalars, expected) {
        #expect(abs(actual - expected) <= 1e-6 * abs(expected), "step \(step)")
      }
    }
  }

  @Test(
    "Accuracies agree with Keras after each batch",
    arguments: ["sparse_categorical_accuracy", "categorical_accuracy"])
  func metric(name: String) throws {
    let golden = try Golden("layers.h5")
    let metric: any Metric =
      name == "categorical_accuracy" ? CategoricalAccuracy() : SparseCategoricalAccuracy()
    let labels = try golden.tensor("metrics/\(name)/labels")
    let predictions = try golden.tensor("metrics/\(name)/predictions")
    let results = try golden.tensor("metrics/\(name)/results").scalars
    #expect(Float(metric.result) == results[0])
    for batch in 0..<labels.shape[0] {
      func rows(_ x: Tensor) -> Tensor {
        x[rows: batch..<batch + 1].reshaped(Shape(x.shape.dropFirst()))
      }
      metric.update(rows(labels), rows(predictions))
      #expect(abs(Float(metric.result) - results[batch + 1]) <= 1e-6)
    }
    metric.reset()
    #expect(metric.result == 0)
  }

  @Test("The mean agrees with Keras after each batch")
  func mean() throws {
    let golden = try Golden("layers.h5")
    let values = try golden.tensor("metrics/mean/values")
    let results = try golden.tensor("metrics/mean/results").scalars
    let mean = Mean()
    #expect(Float(mean.result) == results[0])
    for batch in 0..<values.shape[0] {
      mean.update(values[rows: batch..<batch + 1])
      #expect(abs(Float(mean.result) - results[batch + 1]) <= 1e-6 * abs(results[batch + 1]))
    }
    mean.reset()
    mean.update(Tensor(3), weight: 2)
    mean.update(Tensor(6), weight: 1)
    #expect(mean.result == 4)
  }
}
