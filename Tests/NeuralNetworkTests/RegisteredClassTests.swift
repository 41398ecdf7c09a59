import HDF5
import JSON
import NeuralNetwork
import Tensors
import TestSupport
import Testing

/// What holds for every class in ``KerasRegistry``; a class that is added to it without numbers of
/// Keras makes these tests fail.
@Suite("Registered classes")
struct RegisteredClassTests {
  /// The kinds of objects that a file names beside layers.
  enum Kind: String, CaseIterable {
    case optimizers, losses, metrics, schedules

    /// The class names in the registry.
    var registered: [String] {
      switch self {
      case .optimizers: KerasRegistry.optimizers.map { $0.className }
      case .losses: KerasRegistry.losses.map { $0.className }
      case .metrics: KerasRegistry.metrics.map { $0.className }
      case .schedules: KerasRegistry.schedules.map { $0.className }
      }
    }

    /// The class names for which `tools/keras/golden_defaults.py` has asked Keras.
    var known: JSON.Object { RegisteredClassTests.defaults[rawValue]?.object ?? [:] }

    /// Creates an object, and returns the options that it writes into files.
    func written(_ className: String, _ config: JSON.Object) throws -> JSON.Object {
      let json: JSON = .object(["class_name": .string(className), "config": .object(config)])
      return switch self {
      case .optimizers: try Optimizer.make(kerasConfig: json).config
      case .losses: try Losses.make(kerasConfig: json).config
      case .metrics: try Metrics.make(kerasConfig: json).config
      case .schedules:
        try Optimizer.make(
          kerasConfig: .object([
            "class_name": .string("SGD"), "config": .object(["learning_rate": json]),
          ])
        ).schedule?.config ?? [:]
      }
    }
  }

  /// A registered class with what Keras says about its defaults.
  struct Entry: Sendable, CustomTestStringConvertible {
    let kind: Kind
    let className: String

    var testDescription: String { "\(className), \(kind)" }

    /// The options that Keras writes for an object with its defaults.
    var config: JSON.Object { kind.known[className]?["config"]?.object ?? [:] }

    /// The options without a default.
    var required: JSON.Object { kind.known[className]?["required"]?.object ?? [:] }
  }

  static let defaults = (try? jsonFixture("defaults.json")) ?? .null
  static let entries = Kind.allCases.flatMap { kind in
    kind.registered.map { Entry(kind: kind, className: $0) }
  }

  @Test("Keras's defaults are in the fixture for every class", arguments: Kind.allCases)
  func defaultsAreComplete(kind: Kind) {
    #expect(
      kind.registered.sorted() == kind.known.keys.sorted(),
      "write defaults.json with tools/keras/golden_defaults.py if a class was added")
  }

  @Test("Steps, values and gradients of Keras are in the fixture for every class")
  func numbersAreComplete() throws {
    let golden = try Golden("optimizers.h5")
    func classNames(_ group: String) throws -> [String] {
      try golden.names(in: group).map {
        let config = try golden.json("config", of: "\(group)/\($0)")
        return config["class_name"]?.string ?? config.string ?? ""
      }
    }
    for kind in Kind.allCases {
      var covered = Set(try classNames(kind.rawValue))
      if kind == .metrics {
        covered = Set(
          try golden.names(in: "metrics").map {
            try Metrics.make(kerasConfig: try golden.json("config", of: "metrics/\($0)"))
              .kerasClassName
          })
        // The mean takes values, not labels and predictions.
        covered.formUnion(try Golden("layers.h5").names(in: "metrics/mean").isEmpty ? [] : ["Mean"])
      }
      let missing = Set(kind.registered).subtracting(covered).sorted()
      #expect(missing == [], "add them to tools/keras/golden_optimizers.py")
    }
  }

  @Test("Options of Keras are in the fixture for every layer, and no layer is missing")
  func layersAreComplete() {
    // golden_recurrent.py has Keras's options of these.
    let recurrent = ["Bidirectional", "Embedding", "GRU", "LSTM", "SimpleRNN", "TimeDistributed"]
    #expect(
      // LayerScale is no part of keras.layers.
      Set(LayerOptionTests.entries.map(\.className) + recurrent + ["LayerScale"]).sorted()
        == KerasRegistry.layers.map { $0.className }.sorted(),
      "write options.json with tools/keras/golden_options.py if a layer was added")
  }

  @Test("A file without options means Keras's defaults", arguments: entries)
  func defaultOptions(entry: Entry) throws {
    let written = try entry.kind.written(entry.className, entry.required)
    #expect(written == (try entry.kind.written(entry.className, entry.config)))
    for (key, value) in written where key != "name" {
      guard let theirs = entry.config[key] else { continue }
      #expect(
        value == theirs || value.number.map(Float.init) == theirs.number.map(Float.init), "\(key)")
    }
  }

  @Test("An option that Keras does not have is refused", arguments: entries)
  func unknownOption(entry: Entry) {
    let config = entry.config.merging(["no_such_option": .integer(1)]) { $1 }
    let error = #expect(throws: KerasError.self) {
      try entry.kind.written(entry.className, config)
    }
    #expect(error?.description.contains("'no_such_option'") == true)
  }

  @Test("An option that is not a valid value is refused", arguments: entries)
  func invalidOption(entry: Entry) {
    for key in entry.config.keys where !["name", "jit_compile"].contains(key) {
      let config = entry.config.merging([key: .string("no such value")]) { $1 }
      #expect(throws: KerasError.self, "\(key)") {
        try entry.kind.written(entry.className, config)
      }
    }
  }

  @Test("An option with another value is written, or refused", arguments: entries)
  func otherOption(entry: Entry) throws {
    let written = try entry.kind.written(entry.className, entry.config)
    // The other options of the average have no effect without `use_ema`.
    let without = ["name", "jit_compile", "ema_momentum", "ema_overwrite_frequency"]
    for (key, value) in entry.config where !without.contains(key) {
      for other in others(than: value) {
        var config = entry.config.merging([key: other]) { $1 }
        if key == "nesterov" { config["momentum"] = .number(0.5) }
        if key == "warmup_steps" { config["warmup_target"] = .number(0.5) }
        guard let found = try? entry.kind.written(entry.className, config) else { continue }
        #expect(found != written, "\(key) = \(other.text) is read, but not written")
        #expect(found == (try entry.kind.written(entry.className, found)), "\(key)")
      }
    }
  }

  @Test(
    "An option of a layer that Keras does not have is reported",
    arguments: LayerOptionTests.entries.filter {
      !(KerasRegistry.layer(named: $0.className) is UntrainedAugmentation.Type)
    })
  func unknownLayerOption(entry: LayerOptionTests.Entry) throws {
    let config = entry.config.merging(["no_such_option": .integer(1)]) { $1 }
    guard let notes = try? architecture(entry, config).notes else {
      // Layers with several inputs cannot be the only one.
      #expect(KerasRegistry.layer(named: entry.className)?.mergesInputs == true)
      return
    }
    #expect(
      notes.contains {
        if case .unknownOptions(_, let options) = $0 {
          options == ["no_such_option"]
        } else {
          false
        }
      }, "\(notes)")
  }

  @Test(
    "An option of a layer with another value is written, or refused",
    arguments: LayerOptionTests.entries.filter {
      $0.keras == "keras3" && KerasRegistry.layer(named: $0.className)?.mergesInputs == false
    })
  func otherLayerOption(entry: LayerOptionTests.Entry) throws {
    func written(_ config: JSON.Object) throws -> [JSON] {
      let architecture = try architecture(entry, config)
      return [KerasDialect.archive, .keras2].map {
        architecture.kerasConfig($0)["config"]?["layers"]?.array?.last?["config"] ?? .null
      }
    }
    let plain = try written(entry.config)
    // Options that change nothing here, or nothing with the other defaults.
    let without = [
      "name", "dtype", "fused", "synchronized", "renorm", "renorm_clipping", "renorm_momentum",
      "seed", "groups", "implementation", "unit_forget_bias", "unroll", "use_cudnn",
    ]
    // Those with which the boundaries were found.
    let ofAdapting = entry.className == "Discretization" ? ["epsilon", "num_bins"] : []
    for (key, value) in entry.config where !(without + ofAdapting).contains(key) {
      for other in others(than: value) {
        guard let found = try? written(entry.config.merging([key: other]) { $1 }) else { continue }
        #expect(found != plain, "\(key) = \(other.text) is read, but not written")
      }
    }
  }

  @Test("Objects that are created without arguments have Keras's defaults")
  func initializers() throws {
    let optimizers: [Optimizer] = [
      Adadelta(), Adagrad(), Adam(), AdamW(), Adamax(), Nadam(), RMSprop(), SGD(),
    ]
    let losses: [any Loss] = [
      BinaryCrossentropy(), BinaryFocalCrossentropy(), CategoricalCrossentropy(),
      CategoricalHinge(), CosineSimilarity(), Hinge(), Huber(), KLDivergence(), LogCosh(),
      MeanAbsoluteError(), MeanAbsolutePercentageError(), MeanSquaredError(),
      MeanSquaredLogarithmicError(), Poisson(), SparseCategoricalCrossentropy(), SquaredHinge(),
    ]
    let created: [(Kind, String, JSON.Object)] =
      optimizers.map { (.optimizers, type(of: $0).className, $0.config) }
      + losses.map { (.losses, type(of: $0).className, $0.config) }
    for kind in [Kind.optimizers, .losses] {
      #expect(
        created.filter { $0.0 == kind }.map(\.1).sorted() == kind.registered.sorted(),
        "add a class that was registered to this test")
    }
    for (kind, className, config) in created {
      #expect(config == (try kind.written(className, [:])), "\(className)")
    }
  }

  /// Values of the same type.
  private func others(than value: JSON) -> [JSON] {
    if value == .null { return [.number(0.5 as Double), .integer(2)] }
    if let bool = value.bool { return [.bool(!bool)] }
    if let integer = value.integer { return [.integer(integer + 1)] }
    if let number = value.number { return [.number(number == 0 ? 0.5 : number / 2)] }
    return []
  }

  /// A model of one layer.
  private func architecture(
    _ entry: LayerOptionTests.Entry, _ config: JSON.Object
  ) throws(KerasError) -> Architecture {
    let input: JSON = .object([
      "class_name": .string("InputLayer"),
      "config": .object(["batch_shape": .extents(inputExtents(of: entry.className))]),
    ])
    let layer: JSON = .object([
      "class_name": .string(entry.className), "config": .object(config),
    ])
    return try Architecture(
      kerasConfig: .object([
        "class_name": .string("Sequential"),
        "config": .object(["layers": .array([input, layer])]),
      ]), kerasVersion: entry.version)
  }
}
