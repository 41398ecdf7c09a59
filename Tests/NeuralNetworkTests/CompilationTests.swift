import JSON
import NeuralNetwork
import Tensors
import TestSupport
import Testing

/// Losses, metrics and what `compile` writes into files are those of real Keras.
@Suite("Compilation like Keras's")
struct CompilationTests {
  private static func names(_ group: String) -> [String] {
    (try? Golden("optimizers.h5").names(in: group)) ?? []
  }

  static let (losses, metrics) = (names("losses"), names("metrics"))
  static let compilations = names("compilations")

  @Test("There are cases of every kind")
  func fixtureIsComplete() {
    let counts = [Self.losses, Self.metrics, Self.compilations].map(\.count)
    #expect(counts == [33, 28, 6])
  }

  @Test("Losses and their gradients agree with Keras, reduced in each way", arguments: losses)
  func loss(name: String) throws {
    let golden = try Golden("optimizers.h5")
    let group = "losses/\(name)"
    let config = try golden.json("config", of: group)
    let loss = try Losses.make(kerasConfig: config)
    let predictions = Variable(try golden.tensor("\(group)/predictions"), name: "predictions")
    let labels = try golden.tensor("\(group)/labels")
    let value = withGradientTape { loss(labels, predictions.value) }
    let expected = try golden.tensor("\(group)/loss")
    #expect(value.shape == expected.shape)
    #expect(relativeDifference(value.scalars, expected.scalars) <= 1e-6)
    let gradient = try #require(value.sum().gradients()[predictions])
    #expect(
      relativeDifference(gradient.scalars, try golden.tensor("\(group)/gradient").scalars)
        <= 3e-6)

    let written = serialized(type(of: loss).className, loss.config)
    let again = try Losses.make(kerasConfig: written)
    #expect(again.config == loss.config)
    #expect(again(labels, predictions.value) == loss(labels, predictions.value))
    // What is written is in Keras's own configuration, if it says anything.
    for (key, option) in loss.config {
      guard let theirs = config["config"]?[key] else { continue }
      #expect(option == theirs || option.number.map(Float.init) == theirs.number.map(Float.init))
    }
  }

  @Test("Metrics agree with Keras after each batch", arguments: metrics)
  func metric(name: String) throws {
    let golden = try Golden("optimizers.h5")
    let group = "metrics/\(name)"
    let metric = try Metrics.make(kerasConfig: try golden.json("config", of: group))
    #expect(metric.name == (try golden.string("name", of: group)))
    if !(metric is AutomaticAccuracy) {
      #expect(metric.kerasClassName == (try golden.string("class", of: group)))
    }
    let again = try Metrics.make(
      kerasConfig: metric is AutomaticAccuracy
        ? .string(metric.name) : serialized(metric.kerasClassName, metric.config))
    let labels = try golden.tensor("\(group)/labels")
    let predictions = try golden.tensor("\(group)/predictions")
    let results = try golden.tensor("\(group)/results").scalars
    #expect(metric.result == 0)
    for batch in 0..<results.count {
      func rows(_ x: Tensor) -> Tensor {
        x[rows: batch..<batch + 1].reshaped(Shape(x.shape.dropFirst()))
      }
      metric.update(rows(labels), rows(predictions))
      again.update(rows(labels), rows(predictions))
      #expect(abs(Float(metric.result) - results[batch]) <= 2e-6 * max(1, abs(results[batch])))
    }
    #expect(again.result == metric.result)
    #expect(again.name == metric.name)
    metric.reset()
    #expect(metric.result == 0)
  }

  @Test("Compile configs of Keras are read, written and read again", arguments: compilations)
  func compilation(name: String) throws {
    let golden = try Golden("optimizers.h5")
    let group = "compilations/\(name)"
    let optimizer = try Optimizer.make(kerasConfig: try golden.json("optimizer", of: group))
    for form in ["compile_config", "training_config"] {
      let config = try CompileConfig(kerasConfig: try golden.json(form, of: group))
      #expect(config.optimizer?.config == optimizer.config)
      let forms = [config.compileConfig, config.trainingConfig]
      for written in forms {
        let again = try CompileConfig(kerasConfig: written)
        #expect([again.compileConfig, again.trainingConfig] == forms)
      }
    }
  }

  @Test("Configurations of tf_keras are read")
  func tfKeras() throws {
    let configs = try #require(try jsonFixture("optimizers/tfkeras_configs.json").object)
    #expect(configs.count == 10)
    for (name, json) in configs {
      let config = try CompileConfig(kerasConfig: json)
      let className = config.optimizer.map { type(of: $0).className }
      #expect(name.contains(className?.lowercased() ?? "?"))
      #expect(config.loss is SparseCategoricalCrossentropy)
      #expect(config.loss?.reduction == .sumOverBatchSize)
      #expect(config.metrics.map(\.name) == ["accuracy"])
    }
  }

  @Test("The configurations of a checkpoint are the ones that all versions of Keras read")
  func minimal() {
    let config = CompileConfig(
      optimizer: Adam(), loss: SparseCategoricalCrossentropy(fromLogits: true),
      metrics: [.accuracy])
    #expect(
      config.trainingConfig.text == """
        {"loss":{"class_name":"SparseCategoricalCrossentropy","config":{"from_logits":true,\
        "name":"sparse_categorical_crossentropy"}},"loss_weights":null,"metrics":["accuracy"],\
        "optimizer_config":{"class_name":"Adam","config":{"amsgrad":false,"beta_1":0.9,\
        "beta_2":0.999,"epsilon":1e-07,"learning_rate":0.001,"name":"adam"}},\
        "weighted_metrics":null}
        """)
    #expect(
      config.compileConfig.text == """
        {"jit_compile":false,"loss":{"class_name":"SparseCategoricalCrossentropy",\
        "config":{"from_logits":true,"name":"sparse_categorical_crossentropy"},\
        "module":"keras.losses","registered_name":null},"loss_weights":null,\
        "metrics":["accuracy"],"optimizer":{"class_name":"Adam","config":{"amsgrad":false,\
        "beta_1":0.9,"beta_2":0.999,"epsilon":1e-07,"learning_rate":0.001,"name":"adam"},\
        "module":"keras.optimizers","registered_name":null},"run_eagerly":false,\
        "steps_per_execution":1,"weighted_metrics":null}
        """)
  }

  @Test("Written configs are those that real Keras has read")
  func written() throws {
    // tools/keras/check_configs.py has Keras read the file, and compares what it understood.
    let expected = try readBytes(fixture("optimizers/written_configs.json"))
    let configs = CompileConfig.examples.map {
      JSON.object(["compile_config": $0.compileConfig, "training_config": $0.trainingConfig]).text
    }
    let actual = "[\n" + configs.joined(separator: ",\n") + "\n]\n"
    #expect(actual == String(decoding: expected, as: UTF8.self), "\(actual)")
  }

  @Test("A floating-point number keeps its fraction in text: Keras refuses an integer momentum")
  func numbers() throws {
    #expect(SGD(learningRate: 1).config["momentum"]?.text == "0.0")
    #expect(
      JSON.array([.number(1.0 as Double), .integer(1), .number(1e-7 as Double)]).text
        == "[1.0,1,1e-07]")
    let strings = JSON.object(["a\"\\\n\t\r\u{1}/": .string("é😀")])
    #expect(strings.text == #"{"a\"\\\n\t\r\u0001/":"\u00e9\ud83d\ude00"}"#)
    #expect(try JSON(parsing: strings.text) == strings)
  }

  @Test("Unsupported configs are refused with the name of the problem")
  func refusals() throws {
    let cases: [(String, String)] = [
      (#"{"loss":"ctc"}"#, "'ctc' is not supported; these are: BinaryCrossentropy"),
      (#"{"loss":["mse","ctc"]}"#, "'ctc' is not supported"),
      (#"{"loss":{"a":"mse","b":"ctc"}}"#, "'ctc' is not supported"),
      (#"{"loss":"mse","loss_weights":["a"]}"#, "loss_weights"),
      (#"{"metrics":{"a":["mae"],"b":["mse"]},"weighted_metrics":["mse"]}"#, "another form"),
      (#"{"loss":{"class_name":"Huber","config":{"delta":0}}}"#, "'delta' of the loss Huber"),
      (#"{"loss":{"class_name":"CosineSimilarity","config":{"axis":1}}}"#, "'axis'"),
      (
        #"{"loss":{"class_name":"SparseCategoricalCrossentropy","config":{"ignore_class":3}}}"#,
        "'ignore_class'"
      ),
      (#"{"loss":{"class_name":"MeanSquaredError","config":{"reduction":"most"}}}"#, "'reduction'"),
      (#"{"loss":{"class_name":"MeanSquaredError","config":{"dtype":"float16"}}}"#, "'dtype'"),
      (#"{"metrics":["auc"]}"#, "the metric 'auc'"),
      (#"{"metrics":[{"class_name":"AUC","config":{}}]}"#, "the metric 'AUC'"),
      (#"{"metrics":[{"class_name":"Accuracy","config":{}}]}"#, "the metric 'Accuracy'"),
      (
        #"{"metrics":[{"class_name":"TopKCategoricalAccuracy","config":{"k":0}}]}"#,
        "'k' of the metric TopKCategoricalAccuracy"
      ),
      (#"{"metrics":[3]}"#, "no name"), ("[]", "not an object"),
    ]
    for (text, part) in cases {
      let error = #expect(throws: KerasError.self) {
        try CompileConfig(kerasConfig: JSON(parsing: text))
      }
      #expect(error?.description.contains(part) == true, "\(text): \(error?.description ?? "")")
    }
  }

  @Test("Lists and dictionaries around one output, and policies of float32, are understood")
  func wrappers() throws {
    let config = try CompileConfig(
      kerasConfig: JSON(
        parsing: #"""
          {"loss":{"dense":"mse"},"loss_weights":{"dense":1.0},"weighted_metrics":["mae"],
           "metrics":{"dense":["acc",{"class_name":"MeanMetricWrapper","config":{"name":"best",
           "dtype":{"class_name":"DTypePolicy","config":{"name":"float32"}},
           "fn":"top_k_categorical_accuracy"}}]}}
          """#))
    #expect(config.optimizer == nil)
    #expect(config.loss is MeanSquaredError)
    #expect(config.metrics.map(\.name) == ["acc", "best", "mae"])
    let model = Sequential([Dense(2)])
    #expect(!model.compile(config))
    #expect(model.compileConfig == nil)
  }

  @Test("Losses and metrics of outputs that a model does not have are removed, with a note")
  func misfits() throws {
    func removed(_ config: String) throws -> [String] {
      var config = try CompileConfig(kerasConfig: JSON(parsing: config))
      return config.removeMisfits(for: ["a", "b"])
    }
    let losses = ["the losses, which are not those of the outputs 'a', 'b'"]
    #expect(try removed(#"{"loss":{"a":"mse","b":"mae"},"metrics":{"b":["mae"]}}"#) == [])
    #expect(try removed(#"{"loss":{"a":"mse"},"loss_weights":{"a":2},"metrics":["mse"]}"#) == [])
    #expect(try removed(#"{"loss":{"a":"mse","c":"mae"}}"#) == losses)
    #expect(try removed(#"{"loss":["mse","mae","mse"]}"#) == losses)
    #expect(try removed(#"{"loss":["mse","mae"],"loss_weights":{"c":2}}"#) == losses)
    #expect(
      try removed(#"{"loss":"mse","metrics":{"b":["mse"],"c":["mae"]}}"#)
        == ["the metrics, which are not those of the outputs 'a', 'b'"])
  }

  @Test("A model is not compiled for outputs that it does not have")
  func misfittingModel() throws {
    let model = Sequential([Dense(2)])
    for config in [
      #"{"optimizer":"adam","loss":["mse","mae"]}"#,
      #"{"optimizer":"adam","loss":"mse","metrics":{"a":["mse"],"b":["mae"]}}"#,
    ] {
      #expect(!model.compile(try CompileConfig(kerasConfig: JSON(parsing: config))))
    }
    #expect(model.compileConfig == nil)
  }

  @Test("Weights of losses that are no numbers are not kept, and the losses are")
  func invalidLossWeights() throws {
    let json = try JSON(parsing: #"{"loss":["mse","mae"],"loss_weights":[true,1]}"#)
    let config = try CompileConfig(kerasConfig: json) { _ in }
    #expect(config.losses != nil && config.lossWeights == nil)
    #expect(config.foreign.refused == ["the weights of the losses, which are no numbers"])
  }

  @Test("The cross-entropy of a sigmoid uses its logits; a softmax is distinguished from it")
  func sigmoidLogits() {
    let (logits, target) = (Tensor([200], shape: [1, 1]), Tensor([0], shape: [1, 1]))
    // From clipped probabilities it would be -ln 1e-7 = 16.1.
    #expect(BinaryCrossentropy()(target, logits.sigmoid()).scalar == 200)
    #expect(logits.sigmoid().softmaxLogits == nil)
    #expect(logits.softmax().softmaxLogits != nil)
  }

  @Test("Losses without a reduction are trained as their sum")
  func unreduced() {
    func weights(_ reduction: Reduction) -> [Tensor] {
      let model = Sequential([Dense(1)])
      model.seed = 3
      model.compile(optimizer: SGD(), loss: MeanSquaredError(reduction: reduction))
      model.fit([(Tensor([1, 2], shape: [2, 1]), Tensor([3, 5], shape: [2, 1]))], epochs: 2)
      return model.variables.map(\.value)
    }
    #expect(weights(.none) == weights(.sum))
    #expect(weights(.none) != weights(.mean))
  }
}

extension CompileConfig {
  /// One of each class, with options that are not the default.
  fileprivate static var examples: [CompileConfig] {
    let schedules: [any LearningRateSchedule] = [
      ExponentialDecay(
        initialLearningRate: 0.5, decaySteps: 10, decayRate: 0.25, staircase: true),
      PiecewiseConstantDecay(boundaries: [1, 5], values: [1, 0.5, 0.25]),
      PolynomialDecay(
        initialLearningRate: 1, decaySteps: 20, endLearningRate: 0.25, power: 2, cycle: true),
      InverseTimeDecay(initialLearningRate: 1, decaySteps: 2.5, decayRate: 0.5),
      CosineDecay(
        initialLearningRate: 0.25, decaySteps: 30, alpha: 0.5, warmupTarget: 1, warmupSteps: 5),
      CosineDecayRestarts(
        initialLearningRate: 1, firstDecaySteps: 6, tMul: 1.5, mMul: 0.5, alpha: 0.25),
    ]
    let optimizers: [Optimizer] =
      [
        Adam(),
        SGD(learningRate: 0.1, momentum: 0.5, nesterov: true, weightDecay: 0.25, clipnorm: 0.5),
        RMSprop(rho: 0.75, momentum: 0.5, centered: true),
        AdamW(weightDecay: 0.125, amsgrad: true), Adamax(beta1: 0.5, beta2: 0.75),
        Nadam(epsilon: 0.001, clipvalue: 2), Adadelta(rho: 0.875, epsilon: 0.01),
        Adagrad(
          initialAccumulatorValue: 0.5, globalClipnorm: 3, useEMA: true, emaMomentum: 0.5,
          emaOverwriteFrequency: 7, gradientAccumulationSteps: 4),
      ] + schedules.map { SGD(learningRate: $0) }
    let losses: [any Loss] = [
      SparseCategoricalCrossentropy(fromLogits: true),
      CategoricalCrossentropy(labelSmoothing: 0.25, reduction: .sum),
      BinaryCrossentropy(fromLogits: true, labelSmoothing: 0.5),
      BinaryFocalCrossentropy(applyClassBalancing: true, alpha: 0.5, gamma: 3),
      MeanSquaredError(), MeanAbsoluteError(reduction: .none), MeanAbsolutePercentageError(),
      MeanSquaredLogarithmicError(), Huber(delta: 0.5), LogCosh(), KLDivergence(), Poisson(),
      Hinge(), SquaredHinge(), CategoricalHinge(), CosineSimilarity(),
    ]
    let metrics: [any Metric] = [
      SparseCategoricalAccuracy(name: "accuracy"), AutomaticAccuracy(name: "acc"),
      CategoricalAccuracy(name: "right"),
      BinaryAccuracy(threshold: 0.25), TopKCategoricalAccuracy(k: 3),
      SparseTopKCategoricalAccuracy(k: 2, name: "best"), RootMeanSquaredError(),
      MeanCosineSimilarity(), MeanMetricWrapper(MeanSquaredError(), name: "mse"),
      MeanMetricWrapper(LogCosh()),
      MeanMetricWrapper(BinaryCrossentropy(fromLogits: true, labelSmoothing: 0.5)),
      MeanMetricWrapper(SparseCategoricalCrossentropy(fromLogits: true)),
      MeanMetricWrapper(KLDivergence()),
    ]
    for (examples, registered) in [
      (optimizers.map { type(of: $0).className }, KerasRegistry.optimizers.map { $0.className }),
      (schedules.map { type(of: $0).className }, KerasRegistry.schedules.map { $0.className }),
      (losses.map { type(of: $0).className }, KerasRegistry.losses.map { $0.className }),
    ] {
      #expect(Set(examples) == Set(registered), "add an example of a class that was registered")
    }
    return (0..<max(optimizers.count, losses.count, metrics.count)).map { index in
      CompileConfig(
        optimizer: index < optimizers.count ? optimizers[index] : nil,
        loss: index < losses.count ? losses[index] : nil,
        metrics: index < metrics.count ? [metrics[index]] : [])
    }
  }
}

/// A configuration with its class, as Keras writes it.
private func serialized(_ className: String, _ config: JSON.Object) -> JSON {
  .object(["class_name": .string(className), "config": .object(config)])
}
