import JSON
import NeuralNetwork
import Tensors
import Testing

@Suite("The registry of Keras's classes")
struct KerasRegistryTests {
  /// Values for the options without a default, of all classes.
  private static let options = JSON.object([
    "units": .integer(3), "filters": .integer(2), "kernel_size": .integer(2),
    "target_shape": .array([.integer(256)]),
    "dims": .array([.integer(2), .integer(1), .integer(3)]),
    "activation": .string("relu"), "rate": .number(0.5 as Double), "stddev": .number(0.1 as Double),
    "scale": .integer(1), "height": .integer(4), "width": .integer(4),
    "n": .integer(3), "axes": .integer(1),
    "input_dim": .integer(5), "output_dim": .integer(2),
    "layer": .object([
      "class_name": .string("LSTM"), "config": .object(["units": .integer(2)]),
    ]),
    "projection_dim": .integer(4),
    // Of attention layers.
    "num_heads": .integer(2), "key_dim": .integer(2),
    // Of layers for categories.
    "num_tokens": .integer(3), "bin_boundaries": .array([.integer(1)]),
    // Of augmentation layers.
    "factor": .number(0.1 as Double), "height_factor": .number(0.1 as Double),
    "width_factor": .number(0.1 as Double),
  ])

  @Test("No two classes have a name in common")
  func names() {
    let layers = KerasRegistry.layers.map { $0.className }
    #expect(layers.count > 60)
    #expect(Set(layers).count == layers.count)
    for name in layers {
      #expect(KerasRegistry.layer(named: name)?.className == name)
      #expect(KerasRegistry.layerClassName(ofKey: "\(name.snakeCased)_12") == name)
    }
    for type in KerasRegistry.optimizers {
      #expect(
        KerasRegistry.optimizerClassName(ofName: "\(type.className.snakeCased)_1") == type.className
      )
    }
    #expect(KerasRegistry.layerClassName(ofKey: "dense2") == nil)
    #expect(KerasRegistry.layerClassName(ofKey: "lstm_cell") == "LSTMCell")
    #expect(KerasRegistry.optimizerClassName(ofName: "Ftrl") == "Ftrl")
  }

  @Test(
    "A layer has the variables that its class names",
    arguments: KerasRegistry.layers.map { $0.className })
  func variables(className: String) throws {
    let type = try #require(KerasRegistry.layer(named: className))
    let einsum = #"{"equation": "abc,cd->abd", "output_shape": [4, 5], "bias_axes": "d"}"#
    let layer = try Layer.make(
      className: className,
      config: className == "EinsumDense" ? JSON(parsing: einsum) : Self.options)
    if Swift.type(of: layer).mergesInputs {
      let x = Tensor(zeros: [1, 4, 3])
      _ = layer([x, x])
    } else {
      Sequential([layer]).build(inputShape: inputShape(of: className))
    }
    // Those of its layer.
    let names =
      className == "TimeDistributed" ? ["kernel", "recurrent_kernel", "bias"] : type.variableNames
    #expect(layer.weights.map { $0.name } == names)
  }

  @Test("A last bias may be missing; other counts have numbers")
  func variableNames() {
    #expect(KerasRegistry.variableNames(ofClass: "Dense", count: 1) == ["kernel"])
    #expect(
      KerasRegistry.variableNames(ofClass: "BatchNormalization", count: 3) == ["0", "1", "2"])
    #expect(KerasRegistry.variableNames(ofClass: nil, count: 1) == ["0"])
    #expect(KerasRegistry.variableNames(ofClass: "Embedding", count: 1) == ["embeddings"])
  }
}
