import Cairn
import TestSupport
import Testing

/// The examples in the comments of the module Inspection.
@Suite("Examples of inspection")
struct InspectionExamples {
  private let path = "\(packageDirectory)/models/quickstart.h5"
  private let other = "\(packageDirectory)/models/digits.h5"

  @Test func report() throws {
    let report = try Inspector(opening: path).report
    print(report.kind, report.size)  // Cairn checkpoint (format 1), and its bytes
    print("resumable: \(report.resumability)")
    for problem in report.problems { print(problem) }
    #expect(report.problems.isEmpty)
  }

  @Test func modelReport() throws {
    let model = try Inspector(opening: path).report.model
    print(model?.parameterCount ?? 0, "parameters,", model?.flops ?? 0, "operations per image")
    for layer in model?.layers ?? [] {
      print(layer.name, layer.parameterCount, layer.variables.map(\.name))
    }  // conv1 320 ["conv1/kernel", "conv1/bias"], …
    #expect(model?.parameterCount == 2_770_634)
  }

  @Test func optimizerReport() throws {
    try withTemporaryDirectory { folder in
      let path = "\(folder)/model.h5"
      let (trained, weights) = (Sequential([Dense(2)]), Adam(learningRate: 0.01))
      trained.build(inputShape: [4])
      let loss = withGradientTape { trained(Tensor(zeros: [1, 4]), training: true).sum() }
      weights.apply(loss.gradients(), to: trained.trainableVariables)
      try Checkpoint(model: trained, optimizer: weights).save(to: path)

      let optimizer = try Inspector(opening: path).report.optimizer
      print(optimizer?.className ?? "", optimizer?.iteration ?? 0)  // Adam 1
      print(optimizer?.variables.count ?? 0)  // 6: iteration, learning rate, two for each weight
      #expect(optimizer?.iteration == 1 && optimizer?.variables.count == 6)
    }
  }

  @Test func resumability() throws {
    switch try Inspector(opening: path).report.resumability {
    case .afterEpoch(let epochs): print("resumes after \(epochs) epochs")
    case .inEpoch(let epoch, let steps): print("resumes in epoch \(epoch) after \(steps) steps")
    case .no(let obstacle): print("cannot be resumed: \(obstacle)")
    }
    let report = try Inspector(opening: path).report
    #expect(report.resumability.isPossible == (report.training != nil))
  }

  @Test func scheduleReport() throws {
    try withTemporaryDirectory { folder in
      let path = "\(folder)/ckpt.h5"
      let images = try ImageSet(
        pixels: .init(repeating: 9, count: 4 * 784), classes: [0, 1, 0, 1], height: 28, width: 28)
      var options = RunOptions(savePath: path)
      (options.epochs, options.model, options.recipe.schedule) = (2, .named(.linear), .cosine)
      _ = try Trainer(options: options, data: LabeledImages(train: images, test: images)).run()

      if let schedule = try Inspector(opening: path).report.schedule {
        print(schedule.name, schedule.epochs ?? 0)  // cosine 2
      }
      let schedule = try Inspector(opening: path).report.schedule
      #expect(schedule?.name == "cosine" && schedule?.epochs == 2)
    }
  }

  @Test func arrayValues() throws {
    let values = try Inspector(opening: path).values("d2/bias[:3]")
    if case .floats(let numbers) = values.elements { print(numbers) }  // three numbers
    #expect(values.shape == [3])
    guard case .floats(let numbers) = values.elements else { return }
    #expect(numbers.count == 3)
  }

  @Test func statistics() throws {
    let report = try Inspector(opening: path).statistics(["d2/kernel"])
    for dataset in report.datasets {
      print(dataset.name, dataset.shape)  // d2/kernel [128, 10]
      print(dataset.statistics?.mean ?? 0, dataset.statistics?.standardDeviation ?? 0)
      print(dataset.histogram)  // how many of the numbers are in each of 16 equal ranges
    }
    #expect(report.datasets.first?.shape == [128, 10])
    #expect(report.datasets.first?.histogram.count == 16)
  }

  @Test func objectList() throws {
    let objects = try Inspector(opening: path).tree().objects
    for object in objects {
      if case .dataset(let dataset) = object.content {
        print(object.path, dataset.shape ?? [], dataset.elementType)
      }
    }
    #expect(objects.contains { $0.path == "/layers/conv2d/vars/0" })
  }

  @Test func fileComparison() throws {
    try withTemporaryDirectory { folder in
      let (first, second) = ("\(folder)/first.h5", "\(folder)/second.h5")
      let model = Sequential([Dense(2)])
      model.build(inputShape: [4])
      try Checkpoint(model: model).save(to: first)
      model.trainableVariables[1].value = [0, 0.5]
      try Checkpoint(model: model).save(to: second)

      let comparison = try Inspector(opening: first).compared(
        with: Inspector(opening: second), tolerance: Tolerance(absolute: 1e-3))
      for tensor in comparison.tensors where tensor.status != .equal {
        print(tensor.name, tensor.status, tensor.elements?.maximumDifference ?? 0)
        guard let place = tensor.elements?.firstDifference else { continue }
        print(place.index, place.first, place.second)
      }  // dense/bias different 0.5, and [1] 0.0 0.5
      for fact in comparison.facts where fact.status != .equal { print(fact.name) }
      #expect(!comparison.isSame)
      let changed = comparison.tensors.filter { $0.status != .equal }
      #expect(changed.map(\.name) == ["dense/bias"])
      #expect(changed.first?.status == .different)
      #expect(changed.first?.elements?.maximumDifference == 0.5)
    }
  }

  @Test func suspicions() throws {
    let suspicions = try Inspector(opening: path).suspicions()
    print("safe in Keras: \(suspicions.verdict)")  // yes
    for suspicion in suspicions.list { print(suspicion.kind, suspicion) }
    #expect(suspicions.isSafeInKeras && suspicions.verdict == "yes")
  }

  @Test func sealReport() throws {
    let verification = try Verification(of: path)
    for damage in verification.seal.damage {
      print("bytes \(damage.range) have changed, in \(damage.datasets.map(\.path))")
    }
    for problem in verification.structure?.problems ?? [] { print(problem.path, problem.reason) }
    for wrong in verification.content.wrong { print(wrong.path, wrong.reason) }
    for tensor in verification.nonFinite { print(tensor.name, "has NaN at", tensor.index) }
    if verification.loading == .loads { print("predict, convert and train load it") }
    #expect(verification.seal.damage.isEmpty && verification.loading == .loads)
  }

  @Test func inspectionError() throws {
    do {
      _ = try Inspector(opening: path).values("d2/kernal[0]")
    } catch {
      guard case .noSuchObject(_, let name, let similar?) = error else { throw error }
      print("\(name) is not in the file; is it \(similar)?")  // d2/kernel
    }
    #expect(throws: InspectionError.self) { try Inspector(opening: path).values("d2/kernal[0]") }
  }
}
