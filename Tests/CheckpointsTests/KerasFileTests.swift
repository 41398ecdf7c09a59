import Checkpoints
import Glibc
import HDF5
import JSON
import ModelFiles
import NeuralNetwork
import Tensors
import TestSupport
import Testing

@Suite("Files that Keras wrote")
struct KerasFileTests {
  @Test(
    "Weights and optimizer are Keras's to the bit, predictions and further steps to rounding",
    arguments: KerasFixture.all)
  func everything(file: KerasFixture) throws {
    let checkpoint = try CheckpointFile(opening: file.path)
    let weights = try file.expected("w_\(file.step)")
    var models = file.makeModels()
    if let model = try? checkpoint.loadModel() { models.append(model) }
    try #require(!models.isEmpty, "there is a model for every file")
    for model in models {
      try checkpoint.loadWeights(into: model)
      #expect(model.variables.map(\.value.scalars) == weights.map(\.scalars))
      #expect(try checkpoint.notes(for: model) == [])
      let inputs = try file.inputs("x_test")
      for name in ["logits", "probs"] {
        guard let outputs = try? file.expected(tensor: "\(name)_\(file.step)") else { continue }
        expectClose(model(inputs), outputs, within: file.tolerance ?? 1e-5)
      }
      guard let optimizer = file.makeOptimizer() else { continue }
      if file.hasOptimizer {
        try checkpoint.loadOptimizer(into: optimizer, for: model)
        #expect(optimizer.iterations == file.stepCount)
        let state = try file.expectedSlots(optimizer)
        #expect(optimizer.slotsInKerasOrder.map(\.value.scalars) == state.map(\.scalars))
      } else {
        #expect(throws: CheckpointError.self) {
          try checkpoint.loadOptimizer(into: optimizer, for: model)
        }
        #expect(optimizer.iterations == 0)
        guard !file.needsOptimizerToGoOn else { continue }
      }
      guard let later = file.laterWeights, file.hasOptimizer || file.stepCount == 0 else {
        continue
      }
      try file.train(model, optimizer, steps: later.steps)
      for (variable, expected) in zip(model.variables, try file.expected(later.name)) {
        expectClose(variable.value, expected, within: file.tolerance ?? 1e-6)
      }
    }
  }

  @Test("No file of the set is left out")
  func count() {
    #expect(KerasFixture.all.count >= 41)
  }

  @Test("A file with only weights does not describe the model, and nothing is guessed")
  func weightsOnly() throws {
    let path = fixture("keras/tiny_sub_step5.weights.h5")
    #expect(
      message { try CheckpointFile(opening: path).loadModel() } == """
        Cannot use '\(path)': it has no model_config, so the model's layers are unknown
        """)
    let archive = fixture("keras/tiny_sub_step5.keras")
    #expect(
      message { try CheckpointFile(opening: archive).loadModel() }.hasPrefix(
        "Cannot use '\(archive)': The model is of the class 'MyModel', which is not supported"))
  }

  @Test("What the model was compiled with is given in Keras's words")
  func compileConfig() throws {
    for (name, key) in [
      ("tiny_seq_step5.keras", "optimizer"), ("tiny_seq_step5.h5", "optimizer_config"),
    ] {
      let config = try CheckpointFile(opening: fixture("keras/\(name)")).compileConfig()
      #expect(config?[key]?["class_name"] == .string("Adam"))
      #expect(config?["metrics"] == .array([.string("accuracy")]))
    }
    for name in ["tiny_seq_step5.weights.h5", "tiny_fun_step5_noopt.h5"] {
      #expect(try CheckpointFile(opening: fixture("keras/\(name)")).compileConfig() == nil)
    }
  }

  @Test("The learning rate comes from the config if it is not a variable, or stays")
  func learningRate() throws {
    let model = TinyModel()
    model.build(inputShape: [12, 12, 1])
    let optimizer = Adam(learningRate: 0.5)
    let weights = try CheckpointFile(opening: fixture("keras/tfkeras/seq_adam_step5.weights.h5"))
    try weights.loadOptimizer(into: optimizer, for: model)
    #expect(optimizer.learningRate == 0.5)
    #expect(try weights.notes(for: model, optimizer) == [.learningRate(kept: 0.5)])
    let whole = try CheckpointFile(opening: fixture("keras/tfkeras/seq_adam_step5.h5"))
    try whole.loadOptimizer(into: optimizer, for: model)
    #expect(optimizer.learningRate == 0.001)
    #expect(try whole.notes(for: model, optimizer) == [])
  }

  @Test("The state of an optimizer is dropped only on request")
  func otherOptimizer() throws {
    for name in ["tiny_seq_step5.keras", "tiny_seq_step5.weights.h5", "tiny_fun_step5.h5"] {
      let checkpoint = try CheckpointFile(opening: fixture("keras/\(name)"))
      let model = TinyModel()
      model.build(inputShape: [12, 12, 1])
      let (weights, optimizer) = (model.variables.map(\.value.scalars), RMSprop())
      #expect(
        message { try checkpoint.load(model, optimizer) }.contains(
          "the optimizer is RMSprop in the model but Adam in the file"))
      #expect(model.variables.map(\.value.scalars) == weights)
      #expect(optimizer.iterations == 0)
      try checkpoint.load(model, optimizer, resetOptimizer: true)
      #expect(model.variables.map(\.value.scalars) != weights)
      #expect(optimizer.iterations == 0)
      // The same class with more slots.
      let amsgrad = Adam(amsgrad: true)
      #expect(
        message { try checkpoint.load(model, amsgrad) }.contains("optimizer/velocity_hat (14)"))
    }
  }

  private func expectClose(
    _ found: Tensor, _ expected: Tensor, within tolerance: Float,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(found.shape == expected.shape, sourceLocation: sourceLocation)
    let largest = zip(found.scalars, expected.scalars).map { abs($0 - $1) }.max() ?? 0
    #expect(largest <= tolerance, sourceLocation: sourceLocation)
  }
}

/// The model of the fixtures `tiny_*`, as its user would write it.
final class TinyModel: Model {
  let conv1 = Conv2D(4, 3, activation: .relu)
  let flatten = Flatten()
  let d1 = Dense(8, activation: .relu)
  let d2 = Dense(10)

  override func call(_ x: Tensor, training: Bool) -> Tensor { d2(d1(flatten(conv1(x)))) }
}

/// A file that Keras wrote, with what Keras computed from it.
///
/// The generators are `tools/keras/golden_files.py` and `golden_files_tfkeras.py`. The repository
/// has a choice of what they write; `CAIRN_KERAS_FIXTURES` names a folder with all of it.
struct KerasFixture: CustomTestStringConvertible {
  /// The path below the folder.
  let name: String

  static let folder =
    unsafe getenv("CAIRN_KERAS_FIXTURES").map { unsafe String(cString: $0) } ?? fixture("keras")

  var testDescription: String { name }
  var path: String { "\(KerasFixture.folder)/\(name)" }

  /// `tfkeras/seq_adam` of `tfkeras/seq_adam_step5.h5`.
  private var run: String {
    name.components(before: ["_step", "_init"])
  }

  /// `step5`, or `init`.
  var step: String {
    if name.contains("_init") { return "init" }
    guard let start = name.components(after: "_step") else { return "step5" }
    return "step" + start.prefix { $0.isNumber }
  }

  var stepCount: Int { Int(step.dropFirst(4)) ?? 0 }

  private var isTFKeras: Bool { name.hasPrefix("tfkeras/") }
  private var isTiny: Bool { name.hasPrefix("tiny_") || name.hasPrefix("handmade/") || isTFKeras }

  var hasOptimizer: Bool {
    if name.contains("_init") || name.contains("noopt") || name.contains("weightsonly") {
      return false
    }
    // tf_keras's older optimizers are kept in whole models only.
    return !name.contains("legacy") || name.hasSuffix("step5.h5")
  }

  var needsOptimizerToGoOn: Bool { stepCount > 0 }

  /// What can be reached from here.
  var laterWeights: (name: String, steps: Range<Int>)? {
    switch (stepCount, name) {
    case (_, let name) where name.hasPrefix("variety_dropout"): nil
    case (0, _): ("w_step5", 0..<5)
    case (5, _): ("w_step10", 5..<10)
    case (10, _): ("w_step15", 10..<15)
    case (3, _): ("w_step6", 3..<6)
    default: nil
    }
  }

  /// Rounding grows in a convolution before a batch normalization.
  var tolerance: Float? {
    name.hasPrefix("variety") ? 5e-5 : name.hasPrefix("optimizers/") ? 3e-6 : nil
  }

  private func numbers(_ file: String) throws -> File {
    // Whatever kind of model it is, the numbers are the same.
    let name = file.components(separatedBy: "sub_").components(separatedBy: "fun_")
    let kind = file.hasPrefix("tfkeras/") && name != file ? "tfkeras/seq_adam" : file
    return try File.open("\(KerasFixture.folder)/\(kind)_expected.expected.h5")
  }

  private func tensor(_ path: String, of file: borrowing File) throws -> Tensor {
    let dataset = try file.dataset(at: path)
    return Tensor(try dataset.read(as: Float.self), shape: Shape(dataset.shape))
  }

  private var expectedFile: String { isTiny && !isTFKeras ? "tiny" : run }
  private var inputFile: String { isTiny ? "tiny" : run }

  func expected(tensor name: String) throws -> Tensor {
    try tensor(name, of: try numbers(expectedFile))
  }

  func expected(_ group: String) throws -> [Tensor] {
    let file = try numbers(expectedFile)
    let count = try file.group(at: group).members.count
    return try (0..<count).map { try tensor("\(group)/\($0)", of: file) }
  }

  func inputs(_ name: String) throws -> Tensor {
    let file = try numbers(inputFile)
    guard try file.contains(name) else {
      let x = try tensor("x", of: file)
      return Tensor(
        Array(x.scalars.prefix(x.count / x.shape[0])), shape: Shape(x.shape.dropFirst()))
    }
    return try tensor(name, of: file)
  }

  /// The state of the optimizer in its own order.
  func expectedSlots(_ optimizer: Optimizer) throws -> [Tensor] {
    let all = try expected("opt_\(step)")
    let slots = optimizer.slotsInKerasOrder
    guard !slots.isEmpty else { return [] }
    let state = Array(all.suffix(slots.count))
    // All of one kind after all of another.
    guard name.contains("legacy_adam") else { return state }
    let half = state.count / 2
    return (0..<half).flatMap { [state[$0], state[half + $0]] }
  }

  func makeModels() -> [Model] {
    if name.hasPrefix("optimizers/") {
      let model = Sequential([Flatten(), Dense(5, activation: .relu), Dense(10)])
      model.build(inputShape: [4, 4, 1])
      return [model]
    }
    if name.hasPrefix("variety") {
      // The weights alone do not say what the model is; the whole model beside them does.
      let whole = "\(KerasFixture.folder)/\(run)_step5.h5"
      return (try? CheckpointFile(opening: whole).loadModel()).map { [$0] } ?? []
    }
    guard isTiny else { return [] }
    let models = [
      TinyModel(),
      Sequential([
        Conv2D(4, 3, activation: .relu, name: "a"), Flatten(name: "b"),
        Dense(8, activation: .relu, name: "c"), Dense(10, name: "d"),
      ]),
    ]
    for model in models { model.build(inputShape: [12, 12, 1]) }
    return models
  }

  func makeOptimizer() -> Optimizer? {
    if name.hasPrefix("variety") { return Adam(learningRate: 0.01) }
    switch run.split(separator: "/").last.map({
      $0.components(separatedBy: "seq_").components(separatedBy: "legacy_")
    }) ?? "" {
    case "sgd": return SGD(learningRate: 0.05)
    case "sgd_momentum": return SGD(learningRate: 0.05, momentum: 0.9)
    case "sgd_nesterov": return SGD(learningRate: 0.05, momentum: 0.9, nesterov: true)
    case "rmsprop":
      return
        RMSprop(
          learningRate: isTFKeras ? 0.001 : 0.01, addsEpsilonToRoot: name.contains("legacy"))
    case "rmsprop_momentum": return RMSprop(learningRate: 0.01, momentum: 0.9)
    case "rmsprop_centered": return RMSprop(learningRate: 0.01, centered: true)
    case "rmsprop_centered_momentum":
      return RMSprop(learningRate: isTFKeras ? 0.001 : 0.01, momentum: 0.9, centered: true)
    case "adam_amsgrad": return Adam(learningRate: 0.01, amsgrad: true)
    case "adam" where !isTFKeras: return Adam(learningRate: 0.01)
    case "adamw": return AdamW(learningRate: 0.01, weightDecay: 0.05)
    case "adam_wd": return Adam(learningRate: 0.01, weightDecay: 0.05)
    case "adam_clipnorm": return Adam(learningRate: 0.01, clipnorm: 0.1)
    case "adam_globalclip":
      return Adam(learningRate: 0.01, globalClipnorm: 0.1)
    case "adam_ema":
      return Adam(learningRate: 0.01, useEMA: true, emaMomentum: 0.9)
    case "adam_accum2":
      return Adam(learningRate: 0.01, gradientAccumulationSteps: 2)
    case "adam_schedule":
      let decay = ExponentialDecay(initialLearningRate: 0.01, decaySteps: 2, decayRate: 0.9)
      return Adam(learningRate: decay)
    case "adadelta": return Adadelta(learningRate: 0.5)
    case "adagrad": return Adagrad(learningRate: 0.05)
    case "nadam": return Nadam(learningRate: 0.01)
    case "adamax": return Adamax(learningRate: 0.01)
    default: return isTiny ? Adam() : nil
    }
  }

  func train(_ model: Model, _ optimizer: Optimizer, steps: Range<Int>) throws {
    let file = try numbers(inputFile)
    let (x, y) = (try tensor("x", of: file), try tensor("y", of: file))
    let loss = SparseCategoricalCrossentropy(fromLogits: !name.hasPrefix("variety"))
    for step in steps {
      let inputs = Tensor(
        Array(x.scalars[step * x.count / x.shape[0]..<(step + 1) * x.count / x.shape[0]]),
        shape: Shape(x.shape.dropFirst()))
      let labels = Tensor(
        Array(y.scalars[step * y.count / y.shape[0]..<(step + 1) * y.count / y.shape[0]]))
      let value = withGradientTape { loss(labels, model(inputs, training: true)) }
      optimizer.apply(value.gradients(), to: model.trainableVariables)
    }
  }

  /// All files of weights in the folder.
  static let all = files(below: folder).filter { name in
    (name.hasSuffix(".h5") || name.hasSuffix(".keras") || name.hasSuffix(".weights.json"))
      && !name.contains("expected") && !name.contains("sharded_0")
  }.map(KerasFixture.init)
}

extension StringProtocol {
  /// What stands before the first of some words.
  fileprivate func components(before words: [String]) -> String {
    var end = endIndex
    for word in words {
      if let start = index(of: word) { end = Swift.min(end, start) }
    }
    return String(self[..<end])
  }

  fileprivate func components(after word: String) -> String? {
    index(of: word).map { String(self[$0...].dropFirst(word.count)) }
  }

  /// The text without a word.
  fileprivate func components(separatedBy word: String) -> String {
    guard let start = index(of: word) else { return String(self) }
    return String(self[..<start]) + String(self[start...].dropFirst(word.count))
  }

  fileprivate func index(of word: String) -> Index? {
    indices.first { self[$0...].hasPrefix(word) }
  }
}
