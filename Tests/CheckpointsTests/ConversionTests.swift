import Checkpoints
import Conversion
import JSON
import ModelFiles
import NeuralNetwork
import Tensors
import TestSupport
import Testing
import Zip

@Suite("Notes of conversions and loads")
struct ConversionTests {
  @Test("An unsupported loss is kept and reported; the optimizer is kept")
  func unsupportedLoss() throws {
    try withTemporaryDirectory { directory in
      // Another class of the same length.
      var bytes = try readBytes(fixture("forms/small.h5"))
      let (known, unknown) = (
        "\"SparseCategoricalCrossentropy\"", "\"SparseCategoricalCrossentropX\""
      )
      var index = 0
      while let start = bytes[index...].firstRange(of: Array(known.utf8))?.lowerBound {
        bytes.replaceSubrange(start..<start + known.utf8.count, with: unknown.utf8)
        index = start + 1
      }
      try writeBytes(bytes, to: "\(directory)/a.h5")

      let conversion = try Conversion(
        of: "\(directory)/a.h5", to: "\(directory)/b.weights.h5", as: .weights)
      #expect(conversion.optimizer?.className == "Adam")
      #expect(conversion.notes.isEmpty)
      #expect(
        conversion.remarks == [
          "'SparseCategoricalCrossentropX': not known here, and kept as the file has it; "
            + "load_model "
            + "needs a user's own in custom_objects, or compile=False"
        ])

      let (model, optimizer) = (makeSmall(), Adam())
      let (expectedModel, expected) = (makeSmall(), Adam())
      try CheckpointFile(opening: "\(directory)/b.weights.h5").load(model, optimizer)
      try CheckpointFile(opening: fixture("forms/small.h5")).load(expectedModel, expected)
      #expect(optimizer.iterations == expected.iterations)
      #expect(
        optimizer.slotsInKerasOrder.map(\.value.scalars)
          == expected.slotsInKerasOrder.map(\.value.scalars))
    }
  }

  @Test(
    "Weights converted in parts keep their bits, and the first NaN among them is named")
  func parts() throws {
    try withTemporaryDirectory { directory in
      let model = Sequential([Dense(700), Dense(2)])
      model.build(inputShape: [700])
      var values = (0..<490_000).map { Float($0) }
      model.variables[0].value = Tensor(values, shape: [700, 700])
      let path = "\(directory)/a.h5"
      try Checkpoint(model: model).save(to: path)
      _ = try Conversion(of: path, to: "\(directory)/b.keras", as: .keras)
      let found = try CheckpointFile(opening: "\(directory)/b.keras").loadModel()
      #expect(found.variables.map(\.value.scalars) == model.variables.map(\.value.scalars))

      (values[600 * 700 + 3], values[650 * 700]) = (.nan, .infinity)
      model.variables[0].value = Tensor(values, shape: [700, 700])
      try Checkpoint(model: model).save(to: path)
      #expect(
        message { try Conversion(of: path, to: "\(directory)/c.keras", as: .keras) } == """
          '\(path)' does not match the model:
            - dense/kernel holds nan at [600, 3] in the file (/layers/dense/vars/0)
          """)
    }
  }

  @Test("A dropped loss scale is reported")
  func scale() throws {
    try withTemporaryDirectory { directory in
      let conversion = try Conversion(
        of: fixture("forms/scaled.h5"), to: "\(directory)/a.keras", as: .keras)
      #expect(
        conversion.notes == [
          "the scale of the loss, which 32 bits do not need",
          "the precision mixed_float16, everything is computed in 32 bits",
        ])
    }
  }

  @Test("Options of the optimizer and of layers that differ from the file's are reported")
  func options() throws {
    let clipped = try CheckpointFile(opening: fixture("keras/optimizers/adam_clipnorm_step3.keras"))
    let model = Sequential([Flatten(), Dense(5, activation: .tanh), Dense(10)])
    model.build(inputShape: [4, 4, 1])
    let optimizer = Adam(beta1: 0.8)
    try clipped.load(model, optimizer)
    #expect(
      try clipped.notes(for: model, optimizer).map(\.description) == [
        """
        the model keeps options of its own: dense: activation is "relu" in the file, "tanh" here
        """,
        """
        the optimizer goes on with options of its own: beta_1 is 0.9 in the file, 0.8 here; \
        clipnorm is 0.1 in the file, none here
        """,
      ])
  }

  @Test("No format gets code or names in other modules from the loss, the metrics or the layers")
  func carriesNoCode() throws {
    try withTemporaryDirectory { directory in
      let source = try ZipArchive(opening: fixture("forms/small.keras"))
      var writer = ZipWriter()
      var bytes: [UInt8] = []
      for member in source.members {
        var content = try source.bytes(of: member, limit: 1 << 24)
        if member.name == "config.json" {
          var config = try JSON(parsing: String(decoding: content, as: UTF8.self))
          config.plant()
          content = Array(config.text.utf8)
        }
        bytes += try unsafe content.withUnsafeBytes {
          try unsafe writer.header(of: member.name, content: $0)
        }
        bytes += content
      }
      try writeBytes(bytes + writer.directory(), to: "\(directory)/evil.keras")
      for format in ModelFileFormat.allCases {
        let path = "\(directory)/\(format)"
        let conversion = try Conversion(
          of: "\(directory)/evil.keras", to: path, as: format)
        #expect(conversion.notes.contains { $0.hasPrefix("the loss, which holds code") })
        #expect(try !readBytes(path).contains(Array("evil_code".utf8)), "\(format)")
      }
    }
  }

  @Test("Names of models in models that are too long together are refused, not a crash")
  func longNames() throws {
    try withTemporaryDirectory { directory in
      var layer: Layer = Dense(2)
      for level in 0..<4 {
        layer = Sequential([layer], name: String(repeating: "n", count: 16_383) + "\(level)")
      }
      let model = Sequential([layer])
      model.build(inputShape: [2])
      try Checkpoint(model: model).save(to: "\(directory)/a.h5")
      let problem = message {
        try Conversion(of: "\(directory)/a.h5", to: "\(directory)/a.npz", as: .npz)
      }
      #expect(problem.hasPrefix("Cannot save the model: the name of a variable has 65"))
    }
  }

  @Test("A run whose settings or texts hold code is not converted, the model without it is")
  func codeInRuns() throws {
    try withTemporaryDirectory { directory in
      let lambda = try JSON(
        parsing: #"{"class_name": "Lambda", "config": {"name": "l", "function": "evil_code"}}"#)
      let foreign = try JSON(parsing: #"[{"module": "os", "class_name": "system", "config": 1}]"#)
      let pickle = "gAWV" + String(repeating: "A", count: 40)
      let changes: [(String, (inout TrainingState) -> Void)] = [
        ("/config_json' 'l' is a Lambda, whose option", { $0.settings["model"] = lambda }),
        ("/values_json' is 'system' of the module 'os'", { $0.values["x"] = foreign }),
        (
          "/changes_json' is 'system' of the module 'os'",
          { $0.changes = [RunChange(step: 1, name: "x", from: .null, to: foreign)] }
        ),
        ("/environment' holds a pickled or marshalled object", { $0.environment["x"] = pickle }),
      ]
      for (reason, change) in changes {
        let model = makeSmall()
        var state = TrainingState(seed: 1, dataDigest: "", settings: [:])
        state.layerSeeds = model.seedGenerators.map { _ in .init(seed: 1, counter: 0) }
        change(&state)
        let path = "\(directory)/evil.h5"
        try Checkpoint(model: model, state: state).save(to: path)
        let problem = message {
          try Conversion(of: path, to: "\(directory)/a.h5", as: .weights)
        }
        #expect(problem.contains("'/training_state\(reason)"), "\(problem)")
        #expect(problem.contains(", which is not converted; resetting the"), "\(problem)")
        _ = try Conversion(
          of: path, to: "\(directory)/b.h5", as: .weights, resetOptimizer: true,
          replacing: true)
      }
    }
  }
}

extension JSON {
  /// Puts code into the options of all layers with weights, and into the loss and the metrics.
  fileprivate mutating func plant() {
    guard case .object(var members) = self else { return }
    let lambda: JSON = .object([
      "class_name": .string("__lambda__"), "config": .object(["value": .string("evil_code")]),
    ])
    let function: JSON = .object([
      "module": .string("evil_code"), "class_name": .string("function"),
      "config": .string("evil_code"),
    ])
    if case .object(var compiled)? = members["compile_config"] {
      compiled["loss"] = lambda
      compiled["metrics"] = .array([function])
      members["compile_config"] = .object(compiled)
    }
    if case .object(var config)? = members["config"], case .array(let layers)? = config["layers"] {
      config["layers"] = .array(
        layers.map { layer in
          guard case .object(var entry) = layer, case .object(var options)? = entry["config"],
            options["units"] != nil
          else { return layer }
          options["kernel_initializer"] = lambda
          options["kernel_regularizer"] = function
          options["bias_constraint"] = function
          entry["config"] = .object(options)
          return .object(entry)
        })
      members["config"] = .object(config)
    }
    self = .object(members)
  }
}
