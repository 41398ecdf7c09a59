import Cairn
import TestSupport
import Testing

/// The examples in the comments of the modules for files of models, checkpoints and their stores.
@Suite("Examples of files")
struct FilesExamples {
  private let path = "\(packageDirectory)/models/quickstart.h5"

  private func makeModel() -> Model {
    let model = Sequential([Flatten(), Dense(2)])
    model.build(inputShape: [28, 28, 1])
    return model
  }

  @Test func modelFileFormat() throws {
    try withTemporaryDirectory { folder in
      let model = makeModel()

      try Checkpoint(model: model).save(to: "\(folder)/model.onnx", as: .onnx)
      let format = ModelFileFormat(path: "model.keras")  // .keras, from the end of the name
      #expect(format == .keras)
      #expect(try readBytes("\(folder)/model.onnx").count > 6000)
    }
  }

  @Test func checkpointError() throws {
    do {
      _ = try CheckpointFile(opening: "missing.h5")
    } catch {
      print(error)  // Cannot open 'missing.h5': No such file or directory
      if error.kind == .noInput { print("does the path exist?") }
    }
    #expect(throws: CheckpointError.self) { _ = try CheckpointFile(opening: "missing.h5") }
    do { _ = try CheckpointFile(opening: "missing.h5") } catch {
      #expect(error.kind == .noInput)
    }
  }

  @Test func modelConfig() throws {
    let config = try ModelConfig(opening: path)
    print(config.json["class_name"]?.string ?? "", config.kerasVersion ?? "")
    #expect(config.json["class_name"]?.string != nil)
  }

  @Test func configuredModel() throws {
    let config = try ModelConfig(opening: path).json
    for layer in ConfiguredModel(kerasConfig: config).layers {
      print(layer.className, layer.name)  // also layers of classes that Cairn does not have
    }
    let layers = ConfiguredModel(kerasConfig: config).layers
    #expect(layers.map(\.className).contains("Conv2D"))
  }

  @Test func pictureConfig() throws {
    try withTemporaryDirectory { folder in
      let model = makeModel()

      let pictures = PictureConfig(classNames: ["cat", "dog"], fit: "crop")
      try Checkpoint(model: model, pictures: pictures).save(to: "\(folder)/pets.keras")
      let read = try CheckpointFile(opening: "\(folder)/pets.keras").pictureConfig()
      print(read?.classNames ?? [])  // ["cat", "dog"]
      #expect(read == pictures)
    }
  }

  @Test func rejectionConfig() {
    var pictures = PictureConfig(classNames: ["cat", "dog"])
    pictures.rejection = RejectionConfig(score: "energy", temperature: 1.5, threshold: 4)
    print(pictures.json.text)  // as the file has it
    #expect(PictureConfig(json: pictures.json) == pictures)
  }

  @Test func loadNote() throws {
    try withTemporaryDirectory { folder in
      let (model, optimizer) = (makeModel(), Adam())
      let path = "\(folder)/model.h5"
      try Checkpoint(model: model, optimizer: optimizer).save(to: path)

      let file = try CheckpointFile(opening: path)
      try file.load(model, optimizer)
      for note in try file.notes(for: model, optimizer) { print(note) }  // decisions to look at
      #expect(try file.notes(for: model, optimizer).isEmpty)
    }
  }

  @Test func storedWeights() throws {
    let file = try CheckpointFile(opening: path)
    for layer in try file.storedWeights()?.layers ?? [] {
      for variable in layer.variables { print(variable.path, variable.shape) }
    }  // /layers/conv2d/vars/0 [3, 3, 1, 32], …
    let slots = try file.storedOptimizer()?.variables ?? []  // none in a file without optimizer
    #expect(try file.storedWeights()?.layers.isEmpty == false)
    #expect(slots.isEmpty)
  }

  @Test func modelPairs() throws {
    try withTemporaryDirectory { folder in
      let (first, second) = ("\(folder)/first.h5", "\(folder)/second.keras")
      let model = makeModel()
      try Checkpoint(model: model).save(to: first)
      try Checkpoint(model: model).save(to: second)

      let pairs = try ModelPairs(CheckpointFile(opening: first), CheckpointFile(opening: second))
      for pair in pairs?.pairs ?? [] {
        print(pair.name ?? "", pair.first?.shape ?? [], pair.second?.shape ?? [])
      }  // dense/kernel [784, 2] [784, 2], …
      #expect(pairs?.pairs.map(\.name) == ["dense/kernel", "dense/bias"])
    }
  }

  @Test func contentDigest() throws {
    var digest = ContentDigest(type: "float32", shape: [2])
    digest.add([Float(1), 2])
    print(digest.bytes.count)  // 32: the SHA-256 of type, shape and elements
    #expect(digest.bytes.count == 32)
  }

  /// Trains a model for an epoch and saves the run.
  private func train(saveTo path: String) throws {
    let images = try ImageSet(
      pixels: .init(repeating: 9, count: 8 * 784), classes: [0, 1, 0, 1, 0, 1, 0, 1], height: 28,
      width: 28)
    var options = RunOptions(savePath: path)
    (options.epochs, options.model) = (1, .named(.linear))
    _ = try Trainer(options: options, data: LabeledImages(train: images, test: images)).run()
  }

  @Test func trainingState() throws {
    try withTemporaryDirectory { folder in
      let path = "\(folder)/ckpt.h5"
      try train(saveTo: path)

      if let state = try Inspector(opening: path).report.training {
        print(state.epoch, "epochs,", state.globalStep, "steps, seed", state.seed)
        print(state.history["test_accuracy"] ?? [])  // one value for each epoch
      }
      let state = try Inspector(opening: path).report.training
      #expect(state?.epoch == 1 && state?.history["test_accuracy"]?.count == 1)
    }
  }

  @Test func runChange() throws {
    try withTemporaryDirectory { folder in
      let path = "\(folder)/ckpt.h5"
      try train(saveTo: path)

      let state = try Inspector(opening: path).report.training
      for change in state?.changes ?? [] {
        print("from step \(change.step) on, \(change.name) is \(change.to), not \(change.from)")
      }
      if let origin = state?.origin { print("began with the weights of \(origin.path)") }
      #expect(state?.changes.isEmpty == true && state?.origin == nil)
    }
  }

  @Test func occupant() throws {
    try withTemporaryDirectory { folder in
      let path = "\(folder)/ckpt.h5"
      switch Occupant(at: path) {
      case nil: print("free")
      case .run(let id, let step): print("run \(id) at step \(step)")
      case .weights(let runID): print("weights of run \(runID)")
      case .other: print("a file that is no checkpoint")
      }
      #expect(Occupant(at: path) == nil)
      try writeBytes([1, 2, 3], to: path)
      #expect(Occupant(at: path) == .other)
    }
  }

  @Test func trainingPart() throws {
    try withTemporaryDirectory { folder in
      let (generator, discriminator) = (makeModel(), makeModel())

      let checkpoint = Checkpoint(
        model: generator, optimizer: Adam(),
        parts: ["discriminator": TrainingPart(discriminator, Adam())])
      try checkpoint.save(to: "\(folder)/gan.h5")  // both models with their optimizers
      #expect(checkpoint.parts["discriminator"]?.model === discriminator)
    }
  }

  @Test func recovery() throws {
    try withTemporaryDirectory { folder in
      let path = "\(folder)/ckpt.h5"
      try CheckpointStore(path: path).save(Checkpoint(model: makeModel()))

      let recovery = try CheckpointStore(path: path).recoverRun()
      print(recovery.path ?? "nothing to resume")
      for file in recovery.rejected { print(file.path, file.reason) }  // why older ones were used
      #expect(recovery.path == nil && recovery.rejected.map(\.reason) == [.noRun])
    }
  }

  @Test func storeError() throws {
    try withTemporaryDirectory { folder in
      let path = "\(folder)/ckpt.h5"
      let held = try CheckpointLock(for: path)

      do {
        let lock = try CheckpointLock(for: path)
        try lock.confirm()
      } catch StoreError.locked(_, let holder) {
        print("in use by \(holder)")  // such as process 4711
      }
      #expect(throws: StoreError.self) { try CheckpointLock(for: path) }
      try held.confirm()
    }
  }

  @Test func sealState() throws {
    switch try CheckpointFile(opening: path).seal {
    case .sealed(let step?): print("intact, of step \(step) of a run")
    case .sealed(nil): print("intact, of no run")
    case .unsealed: print("of another program, or changed by one")
    case .broken(let reason): print("damaged: \(reason)")
    }
    guard case .sealed = try CheckpointFile(opening: path).seal else {
      Issue.record("no seal")
      return
    }
  }

  @Test func siblingCheckpoint() throws {
    for other in try Verification(of: path).alternatives {
      print("the checkpoint of step \(other.step) is intact: \(other.path)")
    }
    #expect(try Verification(of: path).alternatives.isEmpty)
  }

  @Test func conversionError() throws {
    do {
      _ = try Conversion(of: path, to: path, as: .keras)
    } catch ConversionError.isInput {
      print("the output would replace the input")
    }
    #expect(throws: ConversionError.self) { try Conversion(of: path, to: path, as: .keras) }
  }

  @Test func fileError() throws {
    do {
      _ = try CheckpointStore(path: "missing.h5").load()
    } catch StoreError.file(let path, FileError.notFound) {
      print("there is no \(path)")
    }
    #expect(throws: StoreError.self) { try CheckpointStore(path: "missing.h5").load() }
  }

  @Test func jsonError() {
    do {
      _ = try JSON(parsing: #"{"epochs": 5,}"#)
    } catch {
      print(error)  // the text is not JSON at byte 13
    }
    #expect(throws: JSONError.self) { try JSON(parsing: #"{"epochs": 5,}"#) }
  }

  @Test func jsonFormat() throws {
    let json = try JSON(parsing: #"{"name": "Zoë", "epochs": 5}"#)
    let line = json.text(.canonicalUTF8)  // {"epochs":5,"name":"Zoë"}
    let page = json.text(.indented)  // a line for each member, "Zo\u00eb" in ASCII
    #expect(line == #"{"epochs":5,"name":"Zoë"}"#)
    #expect(page.split(separator: "\n").count == 4)
  }

  @Test func reader() throws {
    var options = LoadingOptions()
    options.reader = .unconfined  // for files of one's own: no process without rights reads them
    let source = try DataSource(opening: "\(packageDirectory)/samples/mnist", options: options)
    #expect(source.outline.height == 28)
  }

  @Test func sandbox() throws {
    let picture = "\(packageDirectory)/samples/7.png"

    _ = try Image.decode(contentsOf: picture)  // libpng runs in a process without rights
    for wall in Sandbox.Wall.allCases where Sandbox.walls?.contains(wall) == false {
      print("this kernel has no \(wall.rawValue)")
    }
    #expect(Sandbox.walls != nil)
  }

  @Test func imageError() throws {
    do {
      _ = try Image.decode(contentsOf: "notes.txt")
    } catch {
      switch error.reason {
      case .damaged(let format, let cause): print("a damaged \(format): \(cause)")
      default: print(error)  // Cannot open 'notes.txt': No such file or directory
      }
    }
    #expect(throws: ImageError.self) { try Image.decode(contentsOf: "notes.txt") }
  }

  @Test func imageFormat() throws {
    do {
      _ = try Image.decode([0x89, 0x50, 0x4E, 0x47])
    } catch {
      if case .damaged(.png, let cause) = error.reason { print("a damaged PNG: \(cause)") }
    }
    #expect(throws: ImageError.self) { try Image.decode([0x89, 0x50, 0x4E, 0x47]) }
  }

  @Test func picturePreparation() {
    let photo = Image(width: 60, height: 40, gray: Array(repeating: 128, count: 60 * 40))
    let preparation = PicturePreparation(width: 32, height: 32, color: .rgb, fit: .pad)
    let bytes = preparation(photo)  // 32 · 32 · 3 bytes, [height, width, channels]
    #expect(bytes.count == 3072)
  }

  @Test func drawing() throws {
    try withTemporaryDirectory { folder in
      let chart = CurveChart(title: "Loss", curves: [.init("training", [0.9, 0.5, 0.3])])

      let drawing = chart.drawing  // 720 × 400 CSS pixels
      let (png, svg) = try (drawing.png(), drawing.svg())
      #expect(drawing.width == 720 && !png.isEmpty && svg.contains("svg"))
    }
  }
}
