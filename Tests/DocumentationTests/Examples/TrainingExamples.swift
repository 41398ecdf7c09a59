import Cairn
import TestSupport
import Testing

/// The examples in the comments of the module Training.
@Suite("Examples of training")
struct TrainingExamples {
  /// Pictures of two classes: light above or below.
  private func makeImages(_ count: Int = 32) throws -> ImageSet {
    var pixels: [UInt8] = []
    for index in 0..<count {
      for row in 0..<28 {
        for _ in 0..<28 { pixels.append((row < 14) == index.isMultiple(of: 2) ? 200 : 0) }
      }
    }
    return try ImageSet(
      pixels: pixels, classes: (0..<count).map { UInt16($0 % 2) }, height: 28, width: 28)
  }

  private func makeData() throws -> LabeledImages {
    LabeledImages(train: try makeImages(), test: try makeImages(8))
  }

  @Test func runOptions() throws {
    try withTemporaryDirectory { folder in
      let data = try makeData()

      var options = RunOptions(savePath: "\(folder)/ckpt.h5")
      options.epochs = 3
      options.model = .named(.linear)
      options.batchSize = 16
      options.bestPath = "\(folder)/best.h5"
      let trainer = try Trainer(options: options, data: data)
      _ = try trainer.run()
      #expect(trainer.completedEpochs == 3)
      #expect(try CheckpointFile(opening: "\(folder)/best.h5").loadModel().parameterCount == 1570)
    }
  }

  @Test func recipe() throws {
    var options = RunOptions(savePath: "ckpt.h5")
    options.recipe.schedule = .cosine
    options.recipe.warmup = .epochs(1)
    options.recipe.augmentation = try AugmentationRecipe(parsing: "shift=2,rotate=10")
    options.recipe.validation = .fraction(0.1)
    options.recipe.patience = 3  // stops after three epochs without an improvement
    #expect(options.recipe.warmup == Warmup("1epochs"))
  }

  @Test func recipeName() throws {
    var options = RunOptions(savePath: "ckpt.h5")
    try options.use(RecipeName.accurate.settings)  // then single settings can be changed
    print(options.epochs ?? 0, options.model?.name ?? "")  // 12 strided
    options.seed = 7
    #expect(options.epochs == 12 && options.model == .named(.strided))
  }

  @Test func recipeProblem() {
    var options = RunOptions(savePath: "ckpt.h5")
    do {
      try options.use(["epocks": .integer(3)])
    } catch {
      print(error)  // A recipe has no setting 'epocks'
    }
    #expect(throws: RecipeProblem.self) { try options.use(["epocks": .integer(3)]) }
  }

  @Test func rateSchedule() {
    var recipe = Recipe()
    recipe.schedule = .onecycle  // from r / 25 up to r, then down to nearly 0
    recipe.scheduleEpochs = 10
    recipe.warmup = Warmup("500steps")  // .steps(500)
    recipe.plateau = PlateauReduction("factor=0.5,patience=3")
    #expect(recipe.warmup == .steps(500) && recipe.plateau?.factor == 0.5)
  }

  @Test func classWeights() {
    var recipe = Recipe()
    recipe.classWeights = .auto  // rare classes get larger weights
    recipe.classWeights = ClassWeights("1,5")  // .list([1, 5])
    #expect(recipe.classWeights == .list([1, 5]))
  }

  @Test func validationSplit() {
    let share = ValidationSplit("0.1")  // .fraction(0.1), a tenth of the training data
    let number = ValidationSplit("5000")  // .count(5000)
    #expect(share == .fraction(0.1) && number == .count(5000))
  }

  @Test func modelName() {
    let model = ModelName.lenet.makeModel(imageShape: [28, 28, 1], classes: 10)
    model.build(inputShape: [28, 28, 1])
    print(model.parameterCount)  // 61706
    #expect(model.parameterCount == 61_706)
  }

  @Test func quickstartModel() {
    let model = QuickstartModel()
    let logits = model(Tensor(zeros: [32, 28, 28, 1]))  // [32, 10]
    #expect(logits.shape == [32, 10])
  }

  @Test func modelChoice() throws {
    let path = "\(packageDirectory)/models/quickstart.h5"

    var options = RunOptions(savePath: "ckpt.h5")
    options.model = .described(try DescribedModel(opening: path))  // its layers, new weights
    let extents = options.model?.inputExtents  // [28, 28, 1]
    #expect(extents == [28, 28, 1])
  }

  @Test func optimizerName() {
    var options = RunOptions(savePath: "ckpt.h5")
    options.optimizer = OptimizerName(rawValue: "adamw")
    options.optimizerOptions = ["weight_decay": .number(0.01)]  // with Keras's names
    print(OptimizerName.allCases.map(\.rawValue))  // all names
    #expect(options.optimizer != nil && OptimizerName.allCases.count > 8)
  }

  @Test func saveInterval() {
    var options = RunOptions(savePath: "ckpt.h5")
    options.saveEvery = .steps(500)
    options.saveEvery = SaveInterval("5min") ?? .epochs(1)  // .seconds(300)
    #expect(options.saveEvery == .seconds(300))
  }

  @Test func monitor() {
    var options = RunOptions(savePath: "ckpt.h5")
    options.bestPath = "best.h5"
    options.monitor = .testAccuracy  // the epoch with the highest accuracy, not the lowest loss
    #expect(options.monitor?.rawValue == "test_accuracy")
  }

  @Test func settingChange() throws {
    try withTemporaryDirectory { folder in
      let data = try makeData()
      var options = RunOptions(savePath: "\(folder)/ckpt.h5")
      (options.epochs, options.model) = (1, .named(.linear))
      _ = try Trainer(options: options, data: data).run()

      options.epochs = 2
      options.changes = [.learningRate(1e-4), .batchSize(8)]  // of the run that is resumed
      let trainer = try Trainer(options: options, data: data)
      _ = try trainer.run()
      #expect(trainer.completedEpochs == 2)
    }
  }

  @Test func trainingEvent() throws {
    try withTemporaryDirectory { folder in
      let data = try makeData()
      var options = RunOptions(savePath: "\(folder)/ckpt.h5")
      (options.epochs, options.model) = (2, .named(.linear))

      let trainer = try Trainer(
        options: options, data: data,
        report: { event in
          switch event {
          case .step(let progress): print("step \(progress.step) of \(progress.stepsInEpoch)")
          case .epoch(let result): print("epoch \(result.epoch): loss \(result.loss)")
          case .saved(let path, let step, _): print("saved \(path) after step \(step)")
          default: break
          }
        })
      _ = try trainer.run()
      #expect(trainer.completedEpochs == 2)
    }
  }

  @Test func outcome() throws {
    try withTemporaryDirectory { folder in
      var options = RunOptions(savePath: "\(folder)/ckpt.h5")
      (options.epochs, options.model) = (1, .named(.linear))
      let trainer = try Trainer(options: options, data: try makeData())

      switch try trainer.run() {
      case .finished(let step): print("done after \(step) steps")
      case .alreadyFinished(let epoch, _): print("nothing to do: \(epoch) epochs are done")
      case .outOfTime(let step): print("saved after step \(step); run again to resume")
      case .stopped(let signal, let step): print("signal \(signal) after step \(step)")
      }
      #expect(trainer.completedEpochs == 1)
    }
  }

  @Test func runSummary() throws {
    try withTemporaryDirectory { folder in
      var options = RunOptions(savePath: "\(folder)/ckpt.h5")
      (options.epochs, options.model) = (2, .named(.linear))
      let trainer = try Trainer(options: options, data: try makeData())
      _ = try trainer.run()

      if let summary = trainer.summary {
        print("best epoch: \(summary.best.number), accuracy \(summary.best.accuracy)")
        print("last: \(summary.last.accuracy) on the \(summary.evaluatedOn.rawValue) data")
      }
      #expect(trainer.summary?.last.number == 2)
    }
  }

  @Test func evaluation() throws {
    try withTemporaryDirectory { folder in
      var options = RunOptions(savePath: "\(folder)/ckpt.h5")
      (options.epochs, options.model) = (2, .named(.linear))
      let trainer = try Trainer(options: options, data: try makeData())
      _ = try trainer.run()

      if let evaluation = trainer.evaluation {
        print(evaluation.loss, evaluation.accuracy, evaluation.accuracyInterval)
        for index in evaluation.worstErrors(10) {
          print("picture \(index) is \(evaluation.labels[index])")
        }
      }
      #expect(trainer.evaluation?.count == 8)
    }
  }

  @Test func calibration() throws {
    try withTemporaryDirectory { folder in
      let data = LabeledImages(train: try makeImages(400))
      var options = RunOptions(savePath: "\(folder)/ckpt.h5")
      (options.epochs, options.model) = (1, .named(.linear))

      options.recipe.validation = .fraction(0.5)
      options.recipe.calibrates = true
      options.recipe.rejectRate = 0.05  // at most 5 % of the held-out pictures get no answer
      let trainer = try Trainer(options: options, data: data)
      _ = try trainer.run()
      if let calibration = trainer.calibration {
        print("temperature \(calibration.temperature), threshold \(calibration.threshold)")
      }
      #expect(trainer.calibration?.count == 200)
    }
  }

  @Test func trainingError() throws {
    try withTemporaryDirectory { folder in
      let data = try makeData()
      var options = RunOptions(savePath: "\(folder)/ckpt.h5")
      (options.epochs, options.model) = (1, .named(.linear))
      _ = try Trainer(options: options, data: data).run()
      options.seed = 99

      do {
        _ = try Trainer(options: options, data: data).run()
      } catch let error as TrainingError {
        switch error {
        case .otherSettings(let path, let differences):
          for difference in differences {
            print("\(path): \(difference.name) is \(difference.inFile), not \(difference.asked)")
          }  // …/ckpt.h5: seed is 0, not 99
        case .otherState(let path, let problem): print("\(path): \(problem)")
        case .log(let path, let problem): print("the log \(path): \(problem)")
        case .unsaved(let error, let saved): print("\(error); \(saved?.path ?? "nothing") is left")
        default: print(error)
        }
      }
      #expect(throws: TrainingError.self) { try Trainer(options: options, data: data).run() }
    }
  }

  @Test func untrainableModel() throws {
    try withTemporaryDirectory { folder in
      let data = try makeData()

      var options = RunOptions(savePath: "\(folder)/ckpt.h5")
      options.recipe.frozen = ["*"]
      do {
        _ = try Trainer(options: options, data: data).run()
      } catch TrainingError.model(let problem) {
        print(problem)  // all layers with weights are frozen
      }
      #expect(throws: TrainingError.model(.allFrozen)) {
        try Trainer(options: options, data: data).run()
      }
    }
  }
}
