import Checkpoints
import Datasets
import JSON
import ModelFiles
import NeuralNetwork
import Tensors
import TestSupport
import Testing
import Training

@Suite("Recipes")
struct RecipeTests {
  static let keras = try? JSON(
    parsing: String(decoding: readBytes(fixture("recipes.json")), as: UTF8.self))

  private func isClose(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 2e-6 * max(abs(b), 1e-3) }

  @Test("Schedules have Keras's learning rates")
  func schedules() throws {
    let cases = try #require(Self.keras?["schedules"]?.object)
    #expect(cases.count == 9)
    for (name, rates) in cases {
      let parts = name.split(separator: " ")
      let schedule = try #require(RateSchedule(rawValue: String(parts[0])))
      let rise = try #require(Int(parts[1]))
      let rate = schedule.schedule(
        rate: 0.01, steps: 100, warmup: schedule == .onecycle ? nil : rise)
      for (step, expected) in (rates.array ?? []).enumerated() {
        let expected = try #require(expected.number)
        #expect(isClose(Double(rate(step)), expected), "\(name), step \(step)")
      }
    }
  }

  @Test("A warmup of a constant learning rate is a straight line from 0")
  func warmup() {
    let rate = RateSchedule.constant.schedule(rate: 0.5, steps: 1000, warmup: 4)
    #expect((0..<7).map(rate) == [0, 0.125, 0.25, 0.375, 0.5, 0.5, 0.5])
  }

  @Test("A plateau reduces the learning rate as Keras does")
  func plateau() throws {
    for entry in try #require(Self.keras?["plateaus"]?.array) {
      let text = (entry["arguments"]?.object ?? [:]).map { "\($0.key)=\($0.value.text)" }
        .joined(separator: ",")
      let plateau = try #require(PlateauReduction(text), "\(text)")
      let losses = (entry["losses"]?.array ?? []).compactMap(\.number)
      for (epoch, expected) in (entry["rates"]?.array ?? []).enumerated() {
        let rate = plateau.rate(
          0.01, after: Array(losses.prefix(epoch)), lowerIsBetter: true)
        #expect(Double(rate) == expected.number, "\(text), epoch \(epoch)")
        let mirrored = plateau.rate(
          0.01, after: losses.prefix(epoch).map { -$0 }, lowerIsBetter: false)
        #expect(mirrored == rate)
      }
    }
  }

  @Test("Training stops when Keras stops")
  func stopping() throws {
    for entry in try #require(Self.keras?["stops"]?.array) {
      let rule = StoppingRule(
        Improvement(prefersHigher: false, minDelta: entry["min_delta"]?.number ?? 0),
        patience: entry["patience"]?.integer ?? 0)
      let losses = (entry["losses"]?.array ?? []).compactMap(\.number)
      let epochs = (1...losses.count).first {
        rule.stops(after: Array(losses.prefix($0)))
      }
      #expect(epochs ?? losses.count == entry["epochs"]?.integer, "\(entry.text)")
    }
  }

  @Test("Label smoothing and class weights give Keras's losses")
  func losses() throws {
    let entry = try #require(Self.keras?["losses"])
    func numbers(_ name: String) -> [Double] { (entry[name]?.array ?? []).compactMap(\.number) }
    let logits = Tensor(numbers("logits").map(Float.init), shape: [4, 3])
    let labels = Tensor(numbers("labels").map(Float.init), shape: [4])
    for entry in entry["cases"]?.array ?? [] {
      var recipe = Recipe()
      recipe.labelSmoothing = entry["smoothing"]?.number
      if entry["weighted"]?.bool == true { recipe.classWeights = .list(numbers("weights")) }
      let objective = Objective(recipe, counts: [1, 1, 2])
      let loss = try #require(entry["loss"]?.number)
      #expect(isClose(Double(objective(labels, logits).scalar), loss), "\(entry.text)")
    }
  }

  /// The numbers are those of scikit-learn's `compute_class_weight("balanced", …)`:
  /// n / (k · count).
  @Test("Automatic weights are inverse to the frequency of the classes")
  func automaticWeights() {
    var recipe = Recipe()
    recipe.classWeights = .auto
    let objective = Objective(recipe, counts: [1, 3])
    let logits = Tensor([0, 0, 0, 0], shape: [2, 2])
    let expected = Float(0.5 * (4 / 2.0 / 1 + 4 / 2.0 / 3)) * 0.6931472
    #expect(abs(objective(Tensor([0, 1]), logits).scalar - expected) < 1e-6)
  }

  static let recipes: [@Sendable (inout RunOptions) -> Void] = [
    { $0.recipe.schedule = .cosine },
    {
      $0.recipe.schedule = .onecycle
      $0.optimizerOptions["weight_decay"] = .number(0.1)
    },
    {
      $0.recipe.warmup = .epochs(1)
      $0.optimizerOptions["clipnorm"] = .number(0.1)
    },
    {
      $0.recipe.schedule = .linear
      $0.optimizerOptions["gradient_accumulation_steps"] = .integer(2)
    },
    {
      $0.recipe.labelSmoothing = 0.1
      $0.recipe.classWeights = .auto
    },
    { $0.recipe.validation = .count(3) },
    { $0.recipe.augmentation = try? AugmentationRecipe(parsing: "shift=2,rotate=10,elastic") },
    {
      $0.recipe.validation = .fraction(0.3)
      $0.recipe.plateau = PlateauReduction("patience=1")
      $0.recipe.minDelta = 10
      $0.recipe.patience = 2
    },
    { $0.optimizerOptions = ["use_ema": .bool(true), "ema_momentum": .number(0.75)] },
    {
      // The learning rate grows too large, so that the first epochs are the best.
      $0.learningRate = 0.3
      $0.recipe.schedule = .linear
      $0.recipe.warmup = .epochs(3)
      $0.recipe.restoresBest = true
      $0.recipe.validation = .fraction(0.3)
      $0.optimizerOptions = ["use_ema": .bool(true), "ema_momentum": .number(0.5)]
    },
  ]

  @Test("A stopped run with a recipe goes on with the same bits", arguments: recipes.indices)
  func resuming(index: Int) throws {
    try withTemporaryDirectory { directory in
      var whole = options(in: directory, epochs: 3)
      whole.model = .named(.linear)
      RecipeTests.recipes[index](&whole)
      let (train, test) = (try pictures(10), try pictures(4, seed: 2))
      let expectedEvents = Recorder()
      try run(whole, train: train, test: test, recorder: expectedEvents)
      let expected = try Content(whole.savePath)
      #expect(expected.state.globalStep > 7)

      var parts = whole
      parts.savePath = "\(directory)/parts.h5"
      var epochs: [Double] = []
      for patience in [1, 5, 4, .max] {
        let recorder = Recorder()
        recorder.patience = patience
        try run(parts, train: train, test: test, recorder: recorder)
        epochs += recorder.epochs.map(\.evaluationLoss)
        // A resumed run knows its recipe.
        parts.recipe = Recipe()
        (parts.optimizer, parts.optimizerOptions) = (nil, [:])
      }
      #expect(try Content(parts.savePath) == expected)
      #expect(epochs == expectedEvents.epochs.map(\.evaluationLoss))
    }
  }

  @Test(
    "A run that is stopped at any moment, also before its last evaluation, ends with the same rate")
  func rate() throws {
    try withTemporaryDirectory { directory in
      var options = options(in: directory, epochs: 2)
      options.model = .named(.linear)
      options.recipe.schedule = .onecycle
      let (train, test) = (try pictures(6), try pictures(4, seed: 2))
      try run(options, train: train, test: test)
      let expected = try CheckpointFile(opening: options.savePath).compileConfig()
      var stops = 0
      for patience in 0..<40 {
        options.savePath = "\(directory)/\(patience).h5"
        let recorder = Recorder()
        recorder.patience = patience
        let outcome = try run(options, train: train, test: test, recorder: recorder)
        guard case .stopped = outcome else { continue }
        stops += 1
        try run(options, train: train, test: test)
        #expect(
          try CheckpointFile(opening: options.savePath).compileConfig() == expected, "\(patience)")
      }
      #expect(stops >= 8)
    }
  }

  @Test("A recipe changes what it is for: another recipe gives other weights")
  func differences() throws {
    try withTemporaryDirectory { directory in
      var contents: [Int] = []
      for index in -1..<RecipeTests.recipes.count {
        var options = options(in: directory, epochs: 3)
        options.savePath = "\(directory)/\(index).h5"
        options.model = .named(.linear)
        if index >= 0 { RecipeTests.recipes[index](&options) }
        try run(options, train: pictures(10), test: pictures(4, seed: 2))
        contents.append(try Content(options.savePath).weights)
      }
      #expect(Set(contents).count == contents.count)
    }
  }

  @Test("A run stops when the metric no longer improves, and stays finished")
  func patience() throws {
    try withTemporaryDirectory { directory in
      var options = options(in: directory, epochs: 9)
      options.recipe.patience = 2
      options.recipe.minDelta = 100
      let outcome = try run(options, train: pictures(4), test: pictures(2))
      #expect(outcome == .finished(step: 6))
      #expect(
        try run(options, train: pictures(4), test: pictures(2))
          == .alreadyFinished(epoch: 3, step: 6))
    }
  }

  @Test("A resumed run looks at the same metric, which is stored only if a rule looks at it")
  func monitor() throws {
    try withTemporaryDirectory { directory in
      var options = options(in: directory, epochs: 1)
      options.monitor = .accuracy
      try run(options, train: pictures(4), test: pictures(2))
      #expect(try Content(options.savePath).state.settings["monitor"] == nil)
      options.savePath = "\(directory)/rule.h5"
      options.recipe.patience = 5
      try run(options, train: pictures(4), test: pictures(2))
      (options.monitor, options.epochs) = (nil, 2)
      try run(options, train: pictures(4), test: pictures(2))
      let settings = try Content(options.savePath).state.settings
      #expect(settings["monitor"]?.string == "accuracy")
    }
  }

  @Test("A run with other settings of its recipe is not resumed")
  func otherRecipe() throws {
    try withTemporaryDirectory { directory in
      var options = options(in: directory, epochs: 1)
      try run(options, train: pictures(4), test: pictures(2))
      options.epochs = 2
      // A default that is named does not change the recipe.
      options.recipe.schedule = .constant
      options.recipe.labelSmoothing = 0
      #expect(try run(options, train: pictures(4), test: pictures(2)) == .finished(step: 4))
      options.recipe.labelSmoothing = 0.25
      options.epochs = 3
      let error = #expect(throws: TrainingError.self) {
        try run(options, train: pictures(4), test: pictures(2))
      }
      guard case .otherSettings(_, let settings)? = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(
        settings.map { [$0.name, $0.inFile, $0.asked] } == [["label_smoothing", "–", "0.25"]])
    }
  }

  @Test("A validation set has the same shares of the classes, and nothing is lost")
  func split() throws {
    let set = try pictures(30)
    let (rest, held) = set.split(holdingOut: 10, seed: 3)
    #expect(held.classCounts(count: 10) == Array(repeating: 1, count: 10))
    #expect(rest.classCounts(count: 10) == Array(repeating: 2, count: 10))
    #expect(set.split(holdingOut: 10, seed: 3).heldOut == held)
    #expect(set.split(holdingOut: 10, seed: 4).heldOut != held)
    let area = 28 * 28
    func parts(_ set: ImageSet) -> [[UInt8]] {
      (0..<set.count).map { Array((set.bytes ?? [])[$0 * area..<($0 + 1) * area]) }
    }
    #expect(Set(parts(rest) + parts(held)) == Set(parts(set)))
  }

  @Test("A dry run computes the first step, and writes nothing")
  func rehearsal() throws {
    try withTemporaryDirectory { directory in
      let options = options(in: directory, epochs: 1)
      let trainer = try Trainer(
        options: options, data: data(train: pictures(4), test: pictures(2)))
      let result = try trainer.rehearse()
      #expect(result.step == 1 && result.loss > 0 && result.evaluationLoss > 0)
      #expect((try? readBytes("\(directory)/ckpt.h5")) == nil)
    }
  }

  @Test("A run out of time is saved, and goes on with the same bits")
  func time() throws {
    try withTemporaryDirectory { directory in
      var options = options(in: directory)
      try run(options, train: pictures(6), test: pictures(2))
      let whole = try Content(options.savePath)
      options.savePath = "\(directory)/parts.h5"
      options.maxSeconds = 0
      #expect(try run(options, train: pictures(6), test: pictures(2)) == .outOfTime(step: 1))
      #expect(try run(options, train: pictures(6), test: pictures(2)) == .outOfTime(step: 2))
      options.maxSeconds = nil
      try run(options, train: pictures(6), test: pictures(2))
      #expect(try Content(options.savePath) == whole)
    }
  }
}
