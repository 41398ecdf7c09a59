import Foundation
import NeuralNetwork
import Preconditions
import Tensors
import TestSupport
import Testing

/// Release builds drop the message of `precondition`; CI runs these tests on such a build.
@Suite("A programmer's mistake is reported with its rule, value and line")
struct ProgrammerErrorTests {
  @Test("An initializer reports the line that calls it")
  func initializer() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { Mistakes.zeroUnits() }
    expect(result, "Dense: `units` must be at least 1, but is 0.", at: "_ = Dense(0)")
  }

  @Test("An optimizer reports a wrong option")
  func optimizer() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { Mistakes.oneStep() }
    expect(
      result, "`gradientAccumulationSteps` must be at least 2, but is 1.", at: "_ = SGD(gradient")
  }

  @Test("An optimizer reports two limits for gradients, and a learning rate of 0")
  func optimizerArguments() async {
    let limits = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { Mistakes.twoLimits() }
    expect(
      limits,
      "Only one of `clipnorm`, `clipvalue` and `globalClipnorm` may be given, but there are "
        + "`clipnorm` 1.0 and `globalClipnorm` 2.0.", at: "_ = Adam(clipnorm")
    let rate = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { Mistakes.noRate() }
    expect(
      rate, "`learningRate` must be greater than 0 or a schedule, but is 0.", at: "_ = AdamW(")
  }

  @Test("A tensor reports elements that do not fill its shape")
  func elements() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { Mistakes.threeOfFour() }
    expect(
      result, "`scalars` must have as many elements as the shape [2, 2] (4), but has 3.",
      at: "_ = Tensor([1, 2, 3]")
  }

  @Test("A convolution reports a padded image that is too large for its offsets")
  func dilation() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { Mistakes.wideDilation() }
    expect(
      result, "A padded image must have at most 2147483647 elements, but has 3600480016.",
      at: "_ = Tensor(zeros: [1, 4, 4, 1])")
  }

  @Test("A layer reports the line that calls it with a wrong shape")
  func layer() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { Mistakes.wrongWidth() }
    expect(
      result,
      """
      The layer 'd1' takes inputs with a last extent of 3, but got a tensor of shape [1, 4].
      """, at: "_ = layer(")
  }

  @Test("An orthogonal regularizer of other than a matrix is reported")
  func orthogonalRegularizer() async {
    let early = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      Mistakes.orthogonalVector()
    }
    expect(
      early,
      """
      An orthogonal regularizer needs a weight with two axes, but 'bias' has the shape [1].
      """, at: "layer.setRegularizer(.orthogonal(), of: \"bias\")")
    let late = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      Mistakes.orthogonalSequence()
    }
    expect(
      late, "An orthogonal regularizer needs outputs with two axes, but 'd1' gave [1, 2, 1].",
      at: "layer.setRegularizer(.orthogonal(), of: \"activity\")")
  }

  @Test("A regularizer for a weight that the layer has not is reported")
  func regularizer() async {
    let early = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      Mistakes.wrongWeight()
    }
    expect(
      early, "The layer 'd1' has no weight 'kernl', only 'kernel' and 'bias'.",
      at: "layer.setRegularizer(.l2(1), of: \"kernl\")")
    let late = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      Mistakes.wrongConstraint()
    }
    expect(
      late, "The layer 'd1' has no weight 'gamma', only 'kernel' and 'bias'.",
      at: "layer.setConstraint(.nonNegative, of: \"gamma\")")
  }

  @Test("An operator inside of a model reports the line that calls the model")
  func ownCall() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { Mistakes.misfit() }
    expect(result, "but are [1, 4] and [1, 3].", at: "_ = Misfit()(")
  }

  @Test("An operator inside of a gradient tape reports the line of the tape")
  func tape() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { Mistakes.tape() }
    expect(
      result, "Shapes must be equal or 1 on each axis to be broadcast, but are [2] and [3].",
      at: "_ = withGradientTape")
  }

  @Test("A loss reports a label that is not a class")
  func label() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { Mistakes.notAClass() }
    expect(
      result, "Class indexes must be whole numbers from 0 to 2, but one is 7.0.",
      at: "_ = crossEntropy(")
  }

  @Test("`fit` reports a model that is not compiled")
  func fit() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { Mistakes.notCompiled() }
    expect(result, "The model must be compiled before `fit`", at: "Sequential([Dense(1)]).fit")
  }

  @Test("`fit` reports a batch size of 0, `predict` too")
  func batchSize() async {
    let fit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      Mistakes.emptyBatches()
    }
    expect(fit, "`batchSize` must be at least 1, but is 0.", at: "model.fit(")
    let predict = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      Mistakes.emptyPredictions()
    }
    expect(
      predict, "`batchSize` must be at least 1, but is 0.", at: "_ = Sequential([Dense(1)]).predict"
    )
  }

  @Test("The weights of a layer that is not built are reported as such")
  func unbuilt() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { Mistakes.unbuilt() }
    #expect(text(result).contains("The layer 'd1' must be built"))
  }

  private func text(_ result: ExitTest.Result?) -> String {
    String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
  }

  private func expect(
    _ result: ExitTest.Result?, _ message: String, at statement: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let text = text(result)
    #expect(text.contains(message), sourceLocation: sourceLocation)
    let place = text.firstMatch(of: /NeuralNetworkTests\/ProgrammerErrorTests.swift:(\d+): Fatal/)
    let lines = (try? String(contentsOfFile: #filePath, encoding: .utf8))?
      .split(separator: "\n", omittingEmptySubsequences: false)
    let reported = place.flatMap { Int($0.1) }.flatMap { lines?[$0 - 1] }
    #expect(
      reported?.trimmingPrefix(while: \.isWhitespace).hasPrefix(statement) == true,
      "\(text) names another line: \(reported ?? "none")", sourceLocation: sourceLocation)
  }
}

/// The mistakes, outside of the tests: in an exit test, every line counts as that of the macro.
private enum Mistakes {
  static func zeroUnits() {
    _ = Dense(0)
  }

  static func wrongWeight() {
    let layer = Dense(1, name: "d1")
    layer.setRegularizer(.l2(1), of: "kernl")
    layer.build(inputShape: [3])
  }

  static func orthogonalVector() {
    let layer = Dense(1, name: "d1")
    layer.setRegularizer(.orthogonal(), of: "bias")
    layer.build(inputShape: [3])
  }

  static func orthogonalSequence() {
    let layer = Dense(1, name: "d1")
    layer.setRegularizer(.orthogonal(), of: "activity")
    _ = layer(Tensor(zeros: [1, 2, 3]), training: true)
  }

  static func wrongConstraint() {
    let layer = Dense(1, name: "d1")
    layer.build(inputShape: [3])
    layer.setConstraint(.nonNegative, of: "gamma")
  }

  static func oneStep() {
    _ = SGD(gradientAccumulationSteps: 1)
  }

  static func twoLimits() {
    _ = Adam(clipnorm: 1, globalClipnorm: 2)
  }

  static func noRate() {
    _ = AdamW(learningRate: 0)
  }

  static func threeOfFour() {
    _ = Tensor([1, 2, 3], shape: [2, 2])
  }

  static func wideDilation() {
    let kernel = Tensor(zeros: [3, 3, 1, 1])
    _ = Tensor(zeros: [1, 4, 4, 1]).convolution(kernel, padding: .same, dilation: 30_000)
  }

  static func wrongWidth() {
    let layer = Dense(2, name: "d1")
    layer.build(inputShape: [3])
    _ = layer(Tensor(zeros: [1, 4]))
  }

  static func misfit() {
    _ = Misfit()(Tensor(zeros: [1, 4]))
  }

  static func tape() {
    _ = withGradientTape { Tensor(zeros: [2]) + Tensor(zeros: [3]) }
  }

  static func notAClass() {
    let crossEntropy = SparseCategoricalCrossentropy(fromLogits: true)
    _ = crossEntropy(Tensor([7]), Tensor(zeros: [1, 3]))
  }

  static func notCompiled() {
    Sequential([Dense(1)]).fit(Tensor(zeros: [1, 1]), Tensor(zeros: [1, 1]))
  }

  static func emptyBatches() {
    let model = Sequential([Dense(1)])
    model.compile(optimizer: SGD(), loss: MeanSquaredError())
    model.fit(Tensor(zeros: [1, 1]), Tensor(zeros: [1, 1]), batchSize: 0)
  }

  static func emptyPredictions() {
    _ = Sequential([Dense(1)]).predict(Tensor(zeros: [1, 1]), batchSize: 0)
  }

  static func unbuilt() {
    _ = Dense(1, name: "d1").kernel
  }
}

/// Adds tensors that do not go together, with nothing but an operator.
private final class Misfit: Model {
  let d1 = Dense(4)

  override func call(_ x: Tensor, training: Bool) -> Tensor {
    d1(x + Tensor(zeros: [1, 3]))
  }
}

@Suite("Messages of the library")
struct PreconditionUseTests {
  private var sources: URL {
    URL(filePath: packageDirectory).appending(path: "Sources")
  }

  @Test("Every module that reports mistakes is known as one of the library's")
  func modules() throws {
    let files = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)
    for case let file as URL in try #require(files) where file.pathExtension == "swift" {
      guard try String(contentsOf: file, encoding: .utf8).contains("\nimport Preconditions\n")
      else {
        continue
      }
      let module = file.pathComponents[sources.pathComponents.count]
      #expect(CallSite.libraryModules.contains(module), "\(file.lastPathComponent)")
    }
  }

  @Test("No message is lost in release builds: `require` and `fail` are used everywhere")
  func noLostMessages() throws {
    let lost = /\b(precondition|preconditionFailure|fatalError|assert|assertionFailure)\(/
    let files = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)
    for case let file as URL in try #require(files)
    where file.pathExtension == "swift" && file.lastPathComponent != "Require.swift" {
      for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
      where !line.contains("//") {
        #expect(line.firstMatch(of: lost) == nil, "\(file.lastPathComponent): \(line)")
      }
    }
  }

  @Test("Every public initializer of a layer, loss, metric or optimizer reports its caller's line")
  func initializers() throws {
    let folder = sources.appending(path: "NeuralNetwork")
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    var count = 0
    for case let file as URL in try #require(files) where file.pathExtension == "swift" {
      let text = try String(contentsOf: file, encoding: .utf8)
      for part in text.components(separatedBy: "\n  public init(").dropFirst() {
        let body = part.components(separatedBy: "\n  }\n")[0]
        guard body.contains("require(") else { continue }
        count += 1
        #expect(body.contains("line: line"), "\(file.lastPathComponent): init(\(body.prefix(60))")
      }
    }
    #expect(count > 20)
  }
}
