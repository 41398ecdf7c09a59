import JSON
import NeuralNetwork
import Testing

@Suite("Names of Keras in files")
struct KerasNamesTests {
  private static let losses = KerasRegistry.losses.map { $0.className }

  private static let otherLosses = [
    "mse", "mae", "mape", "msle", "bce", "kld", "MSE", "MAE", "MAPE", "MSLE", "BCE", "KLD",
    "kullback_leibler_divergence", "logcosh",
  ]

  @Test("Every name of a loss is accepted")
  func lossNames() throws {
    for name in Self.losses {
      for form in [name, name.snakeCased] {
        let loss = try Losses.make(kerasConfig: .string(form))
        #expect(type(of: loss).className == name)
      }
    }
    for name in Self.otherLosses { _ = try Losses.make(kerasConfig: .string(name)) }
  }

  @Test("Every name of a metric is accepted")
  func metricNames() throws {
    let own = [
      "BinaryAccuracy", "CategoricalAccuracy", "CosineSimilarity", "LogCoshError",
      "RootMeanSquaredError", "SparseCategoricalAccuracy", "SparseTopKCategoricalAccuracy",
      "TopKCategoricalAccuracy",
    ]
    // Keras has no metrics of these losses.
    let without = ["BinaryFocalCrossentropy", "Huber"]
    for name in own + Self.losses.filter({ !without.contains($0) }) {
      for form in [name, name.snakeCased] {
        let metric = try Metrics.make(kerasConfig: .string(form))
        #expect(metric.name == form)
        #expect(metric.kerasClassName == (name == "LogCosh" ? "LogCoshError" : name))
      }
    }
    for name in Self.otherLosses + ["accuracy", "acc"] {
      #expect(try Metrics.make(kerasConfig: .string(name)).name == name)
    }
    for name in without {
      #expect(throws: KerasError.self) { try Metrics.make(kerasConfig: .string(name)) }
    }
  }

  @Test("Every name of an optimizer is accepted, in any case")
  func optimizerNames() throws {
    for name in KerasRegistry.optimizers.map({ $0.className }) {
      for form in [name, name.lowercased(), name.uppercased(), "Custom>\(name)"] {
        let optimizer = try Optimizer.make(kerasConfig: .string(form))
        #expect(type(of: optimizer).className == name)
      }
    }
  }

  @Test("Every name of an activation function that was accepted is accepted, in each form")
  func activationNames() throws {
    let names =
      ActivationFunction.allCases.map(\.rawValue) + ["swish", "hard_swish", "log_softmax_v2"]
    for name in names {
      for form in [
        JSON.string(name), .object(["class_name": .string(name)]),
        .object(["class_name": .string("function"), "config": .string(name)]),
        .object([
          "class_name": .string("Activation"),
          "config": .object(["activation": .string(name)]),
        ]),
      ] {
        _ = try Layer.make(className: "Activation", config: .object(["activation": form]))
      }
    }
  }

  @Test("Objects without a known name, and options of a wrong type, are errors")
  func hostile() throws {
    let nameless = [
      "5", "1e999", "true", "[]", "{}", "\"\"", #"{"class_name":5}"#, #"{"class_name":[]}"#,
      #"{"class_name":"function","config":7}"#, #"{"class_name":"LossFunctionWrapper"}"#,
      #"{"class_name":"MeanMetricWrapper","config":{"fn":[]}}"#, #""no such name""#,
      #"{"class_name":"Custom>>"}"#, #"{"class_name":"LossScaleOptimizer","config":{}}"#,
    ]
    for text in nameless {
      guard let json = try? JSON(parsing: text) else { continue }
      #expect(throws: KerasError.self, "\(text)") { try Losses.make(kerasConfig: json) }
      #expect(throws: KerasError.self, "\(text)") { try Metrics.make(kerasConfig: json) }
      #expect(throws: KerasError.self, "\(text)") { try Optimizer.make(kerasConfig: json) }
      #expect(throws: KerasError.self, "\(text)") {
        try Layer.make(
          className: "Dense", config: .object(["units": .integer(3), "activation": json]))
      }
    }
    let numbers = [
      "beta_1", "learning_rate", "clipnorm", "use_ema", "ema_momentum", "epsilon", "weight_decay",
      "gradient_accumulation_steps", "amsgrad", "ema_overwrite_frequency",
    ]
    for key in numbers {
      for value in [JSON.string("x"), .array([.integer(1)]), .object(["a": .integer(1)])] {
        let config = JSON.object([
          "class_name": .string("Adam"), "config": .object([key: value]),
        ])
        #expect(throws: KerasError.self, "\(key) \(value.text)") {
          try Optimizer.make(kerasConfig: config)
        }
      }
    }
    #expect(throws: KerasError.self) {
      try Optimizer.make(
        kerasConfig: .object([
          "class_name": .string("SGD"),
          "config": .object(["clipnorm": .integer(1), "clipvalue": .integer(1)]),
        ]))
    }
  }
}
