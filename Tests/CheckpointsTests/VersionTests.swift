import Checkpoints
import Conversion
import HDF5
import JSON
import ModelFiles
import NeuralNetwork
import Tensors
import TestSupport
import Testing

/// The files are made by `tools/keras/golden_versions.py`.
@Suite("Files of old versions of Keras")
struct VersionTests {
  @Test(
    "The slots of an optimizer are matched to its variables in any order",
    arguments: [
      "adam_decay", "adam_2_0", "adam_2_2", "adam_2_3", "amsgrad", "amsgrad_2_2", "amsgrad_2_3",
      "rmsprop", "rmsprop_2_2", "nadam", "adadelta", "adadelta_legacy", "adadelta_2_2",
      "adadelta_2_3",
    ])
  func slots(name: String) throws {
    let path = fixture("versions/\(name).h5")
    try expectNextStep(of: path, name)
    try withTemporaryDirectory { directory in
      for output in ["a.keras", "a.weights.h5", "a.h5"] {
        let converted = "\(directory)/\(output)"
        _ = try Conversion(
          of: path, to: converted, as: try #require(ModelFileFormat(path: output)))
        try expectNextStep(of: converted, name)
      }
    }
  }

  @Test("An ambiguous order of slots is refused, or the optimizer is dropped on request")
  func unknownOrder() throws {
    try withTemporaryDirectory { directory in
      let (path, output) = (fixture("versions/adam_unknown.h5"), "\(directory)/a.weights.h5")
      #expect(
        message { try Conversion(of: path, to: output, as: .weights) } == """
          '\(path)' does not match the model:
            - the order of the optimizer's slots in /optimizer_weights is ambiguous (Keras 2.3 and \
          earlier, or Keras 3): their names and shapes do not determine it, and keras_version is \
          missing
          """)
      let conversion = try Conversion(of: path, to: output, as: .weights, resetOptimizer: true)
      #expect(conversion.optimizer == nil)
    }
  }

  @Test("The option `decay` of Keras 2 becomes a schedule")
  func decay() throws {
    let checkpoint = try CheckpointFile(opening: fixture("versions/adam_decay.h5"))
    let config = try #require(try checkpoint.compileConfig())
    let optimizer = try #require(try CompileConfig(kerasConfig: config).optimizer)
    #expect(optimizer.learningRate == 0.01)
    try checkpoint.loadOptimizer(into: optimizer, for: try checkpoint.loadModel())
    #expect(optimizer.iterations == 3)
    #expect(abs(optimizer.learningRate - 0.004) < 1e-8)
  }

  @Test("The Nadam of Keras before 2.11 is refused by its version")
  func oldNadam() throws {
    try withTemporaryDirectory { directory in
      let path = fixture("versions/nadam_legacy.h5")
      let text = message {
        try Conversion(of: path, to: "\(directory)/a.keras", as: .keras)
      }
      #expect(text.contains("Nadam as it was in Keras before 2.11"))
      #expect(!text.contains("\n"))
    }
  }

  @Test(
    "Layers of equal shapes get their own weights from trees of Keras 2.12, 2.13 and Windows",
    arguments: ["tree", "tree_2_13", "tree_windows", "tree_2_13_windows"])
  func tree(name: String) throws {
    let checkpoint = try CheckpointFile(opening: fixture("versions/\(name).keras"))
    let model = try checkpoint.loadModel()
    #expect(try checkpoint.notes(for: model) == [])
    try expect(model, name)
  }

  @Test("Two groups with the path of one layer are refused")
  func twice() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/a.weights.h5"
      try writeFile(to: path) { root throws(HDF5Error) in
        for group in ["layers/dense", "layers\\dense"] {
          try root.write([1, 2] as [Float], shape: [1, 2], to: "\(group)/vars/0")
        }
      }
      let model = Sequential([Dense(2, useBias: false)])
      model.build(inputShape: [1])
      #expect(
        message { try CheckpointFile(opening: path).loadWeights(into: model) }
          .contains("dense is in the file but not in the model"))
    }
  }

  @Test("Names with slashes are read, and changed where Keras 3 forbids them")
  func slashes() throws {
    let path = fixture("versions/slash.h5")
    let model = try CheckpointFile(opening: path).loadModel()
    #expect(model.layers.map(\.name) == ["block/a", "block/b", "out/put"])
    try expect(model, "slash")
    try withTemporaryDirectory { directory in
      let keras = try Conversion(of: path, to: "\(directory)/a.keras", as: .keras)
      #expect(keras.notes.count { $0.contains("becomes 'block_a'") } == 1)
      let old = try Conversion(of: path, to: "\(directory)/a.h5", as: .tfKeras)
      #expect(!old.notes.contains { $0.contains("becomes") })
      for (name, names) in [
        ("a.keras", ["block_a", "block_b", "out_put"]),
        ("a.h5", ["block/a", "block/b", "out/put"]),
      ] {
        let model = try CheckpointFile(opening: "\(directory)/\(name)").loadModel()
        #expect(model.layers.map(\.name) == names)
        try expect(model, "slash")
      }
    }
  }

  @Test("A custom loss and a custom metric are kept unchanged through every form")
  func own() throws {
    try withTemporaryDirectory { directory in
      var last = fixture("versions/own.keras")
      for name in ["a.h5", "b.weights.h5", "c.keras"] {
        let next = "\(directory)/\(name)"
        let conversion = try Conversion(
          of: last, to: next, as: try #require(ModelFileFormat(path: name)))
        #expect(conversion.optimizer?.className == "Adam")
        #expect(conversion.notes == [])
        #expect(conversion.remarks.first?.hasPrefix("'dice', ") == true)
        last = next
      }
      let file = try CheckpointFile(opening: last)
      let model = try file.loadModel()
      try expect(model, "own")
      let config = try #require(try file.compileConfig())
      #expect(config["loss"]?.text == "\"dice\"")
      #expect(config["metrics"]?.text.contains("Own>Worst") == true)
    }
  }

  @Test("A functional model in a model stays functional: Keras finds its weights by its class")
  func functional() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/a.weights.h5"
      _ = try Conversion(of: fixture("forms/nested.keras"), to: path, as: .weights)
      let paths = { (path: String) throws in
        try CheckpointFile(opening: path).layerPaths
      }
      #expect(try paths(path) == paths(fixture("forms/nested.weights.h5")))
      let model = try CheckpointFile(opening: fixture("versions/tree.keras")).loadModel()
      let config = try #require(Architecture(model)).kerasConfig(.archive)
      let chain = config["config"]?["layers"]?.array?.first {
        $0["config"]?["name"] == .string("chain")
      }
      #expect(chain?["class_name"] == .string("Functional"))
      // The next layer is no model: a list of one would be a list for it.
      #expect(chain?["config"]?["output_layers"]?.array?.first?.string?.hasPrefix("dense") == true)
    }
  }

  @Test("Weights of Keras 1 are read, and its models are refused by version")
  func keras1() throws {
    let model = Sequential([Flatten(), Dense(4)])
    model.build(inputShape: [4])
    try CheckpointFile(opening: fixture("versions/keras_1.weights.h5")).loadWeights(into: model)
    let values = try ExpectedValues(of: "versions")
    try values.expectWeights(model, "keras_1")
    let path = fixture("versions/keras_1.h5")
    #expect(
      message { try CheckpointFile(opening: path).loadModel() }
        == "Cannot use '\(path)': '/@model_config' is of Keras 1 (1.2.2), whose layers have other "
        + "options; load the model in Keras 2.0 to 2.3, which converts it, and save it there")
    let other = Sequential([Flatten(), Dense(4)])
    other.build(inputShape: [4])
    try CheckpointFile(opening: path).loadWeights(into: other)
    try values.expectWeights(other, "keras_1")
  }

  @Test("A description of more than 1 MiB is read")
  func longDescription() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/a.h5"
      let model = Sequential([Dense(2)])
      model.build(inputShape: [3])
      let config = try #require(Architecture(model)).kerasConfig().text
      try writeFile(to: path) { root throws(HDF5Error) in
        try root.setAttribute(
          "model_config", .string(config + String(repeating: " ", count: 3 << 20)))
      }
      #expect(try CheckpointFile(opening: path).architecture().layers.count == 1)
    }
  }

  // MARK: - What is expected

  /// Loads model and optimizer, checks the outputs, and takes one more step.
  private func expectNextStep(
    of path: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let checkpoint = try CheckpointFile(opening: path)
    let model = try checkpoint.loadModel()
    let config = try #require(try checkpoint.compileConfig())
    let optimizer = try #require(try CompileConfig(kerasConfig: config).optimizer)
    try checkpoint.loadOptimizer(into: optimizer, for: model)
    try expect(model, name, sourceLocation: sourceLocation)
    let values = try ExpectedValues(of: "versions")
    let (x, y) = (try values.tensor("x"), try values.tensor("y"))
    let loss = withGradientTape { MeanSquaredError()(y, model(x, training: true)) }
    optimizer.apply(loss.gradients(), to: model.trainableVariables)
    for (index, variable) in model.variables.enumerated() {
      let next = try values.tensor("\(name)/next/\(index)")
      #expect(largestDifference(variable.value, next) < 2e-6, sourceLocation: sourceLocation)
    }
  }

  private func expect(
    _ model: Model, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let values = try ExpectedValues(of: "versions")
    try values.expectWeights(model, name, sourceLocation: sourceLocation)
    let found = model(try values.tensor("x"))
    #expect(
      largestDifference(found, try values.tensor("\(name)/out")) < 1e-5,
      sourceLocation: sourceLocation)
  }

  private func largestDifference(_ a: Tensor, _ b: Tensor) -> Float {
    zip(a.scalars, b.scalars).map { abs($0 - $1) }.max() ?? .infinity
  }
}

extension CheckpointFile {
  /// The paths of the layers' groups that hold variables.
  fileprivate var layerPaths: Set<String> {
    get throws {
      Set(
        try storedWeights()?.layers.filter { !$0.variables.isEmpty }.map(\.path) ?? [])
    }
  }
}
