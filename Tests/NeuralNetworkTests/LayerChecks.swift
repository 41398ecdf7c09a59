import JSON
import NeuralNetwork
import Tensors
import TestSupport
import Testing

/// Checks that a layer has the shape, the output and the gradients of Keras's, and that it writes
/// the options that Keras was given.
///
/// - Parameters:
///   - name: The name of the case.
///   - file: The golden file.
/// - Throws: An error of reading the file.
func check(_ name: String, in file: String) throws {
  let golden = try Golden(file)
  let group = "layers/\(name)"
  let x = try golden.tensor("\(group)/input")
  let layer = try makeLayer(
    golden.json("config", of: group), inputShape: Shape(x.shape.dropFirst()))
  let written = try golden.json("written", of: group)["config"]?.object
  #expect(layer.config.merging(["name": .string(name)]) { $1 } == written)

  layer.build(inputShape: Shape(x.shape.dropFirst()))
  func tensors(_ name: String) throws -> [Tensor] {
    layer.weights.isEmpty ? [] : try golden.tensors(in: "\(group)/\(name)")
  }
  let weights = try tensors("weights")
  #expect(layer.weights.map(\.shape) == weights.map(\.shape))
  let names = try golden.json("weight_names", of: group)
  #expect(JSON.array(layer.weights.map { .string($0.name) }) == names)
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
  let outputShape = try layer.outputShape(inputShape: Shape(x.shape.dropFirst()))
  #expect(Shape([x.shape[0]] + outputShape) == expected.shape)
  #expect(relativeDifference(y.scalars, expected.scalars) <= 2e-6)
  let inputGradient = try #require(gradients[input])
  #expect(
    relativeDifference(
      inputGradient.scalars, try golden.tensor("\(group)/input_gradient").scalars) <= 2e-6)
  let expectedGradients = try tensors("weight_gradients")
  #expect(expectedGradients.count == layer.weights.count)
  for (variable, expected) in zip(layer.weights, expectedGradients) {
    let gradient = try #require(gradients[variable])
    #expect(relativeDifference(gradient.scalars, expected.scalars, scale: 1) <= 2e-6)
  }
}

/// Creates the only layer of a model.
func makeLayer(_ config: JSON, inputShape: Shape) throws(KerasError) -> Layer {
  let architecture = try Architecture(
    kerasConfig: .object([
      "class_name": .string("Sequential"),
      "config": .object(["layers": .array([config])]),
      "build_config": .object([
        "input_shape": .array([.null] + inputShape.map(JSON.integer))
      ]),
    ]))
  return architecture.layers[0]
}

/// The shape of an input that a layer of a class takes, without the batch axis.
func inputShape(of className: String) -> Shape {
  if ["CategoryEncoding", "RepeatVector"].contains(className) { return [4] }
  // The default number of groups is 32.
  if className == "GroupNormalization" { return [8, 8, 32] }
  switch className {
  case "ConvLSTM1D": return [4, 8, 2]
  case "ConvLSTM2D": return [4, 8, 8, 2]
  case "ConvLSTM3D": return [4, 4, 8, 8, 2]
  default: break
  }
  if className == "EinsumDense" { return [4, 3] }
  if className == "TimeDistributed" { return [4, 8, 2] }
  if ["Bidirectional", "GRU", "LSTM", "SimpleRNN"].contains(className) { return [8, 4] }
  if className.contains("3D") { return [8, 8, 8, 4] }
  return className.contains("1D") ? [8, 4] : [8, 8, 4]
}

/// The extents of such an input with an open batch.
func inputExtents(of className: String) -> [Int?] {
  [nil] + inputShape(of: className).map(Optional.some)
}
