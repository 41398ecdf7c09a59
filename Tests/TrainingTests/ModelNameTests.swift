import Checkpoints
import Datasets
import ModelFiles
import NeuralNetwork
import Tensors
import TestSupport
import Testing
import Training

@Suite("Models by name")
struct ModelNameTests {
  @Test("A stopped run of every model goes on with the same bits", arguments: ModelName.allCases)
  func resuming(name: ModelName) throws {
    try withTemporaryDirectory { directory in
      var whole = options(in: directory, epochs: 2)
      whole.model = .named(name)
      let (train, test) = (try pictures(8), try pictures(4, seed: 2))
      try run(whole, train: train, test: test)
      let expected = try Content(whole.savePath)

      var parts = whole
      parts.savePath = "\(directory)/parts.h5"
      for patience in [2, 4] {
        let recorder = Recorder()
        recorder.patience = patience
        guard case .stopped = try run(parts, train: train, test: test, recorder: recorder) else {
          Issue.record("the run was not stopped")
          return
        }
        // A resumed run knows its model.
        parts.model = nil
      }
      try run(parts, train: train, test: test)
      #expect(try Content(parts.savePath) == expected)
    }
  }

  @Test("A run of one model is not resumed as another")
  func otherModel() throws {
    try withTemporaryDirectory { directory in
      var options = options(in: directory, epochs: 1)
      options.model = .named(.cnn)
      let (train, test) = (try pictures(4), try pictures(2))
      try run(options, train: train, test: test)
      options.epochs = 2
      options.model = .named(.mlp)
      let error = #expect(throws: TrainingError.self) {
        try run(options, train: train, test: test)
      }
      guard case .otherSettings(_, let settings)? = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(settings.map { [$0.name, $0.inFile, $0.asked] } == [["model", "cnn", "mlp"]])
    }
  }

  @Test("Pictures of another size are another run")
  func otherSize() throws {
    try withTemporaryDirectory { directory in
      var options = options(in: directory, epochs: 1)
      options.model = .named(.linear)
      try run(options, train: pictures(4), test: pictures(2))
      options.epochs = 2
      let error = #expect(throws: TrainingError.self) {
        try run(options, train: pictures(4, side: 20), test: pictures(2, side: 20))
      }
      guard case .otherSettings(_, let settings)? = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(settings.map(\.name) == ["data_sha256", "image_shape"])
    }
  }

  @Test("Models take pictures of their least size, and refuse smaller ones")
  func minimumSide() throws {
    for name in ModelName.allCases {
      let side = name.minimumSide
      let model = name.makeModel(imageShape: [side, side, 3], classes: 4)
      #expect(model(Tensor(zeros: [2, side, side, 3])).shape == [2, 4], "\(name)")
      guard side > 1, let model = name.makeModel(imageShape: [8, 8, 1], classes: 4) as? Sequential
      else { continue }
      #expect(throws: ShapeError.self) {
        try model.outputShape(inputShape: [side - 1, side - 1, 1])
      }
    }
    try withTemporaryDirectory { directory in
      var options = options(in: directory)
      options.model = .named(.lenet)
      #expect(throws: TrainingError.model(.tooSmall(.lenet, height: 11, width: 11))) {
        try run(options, train: pictures(4, side: 11), test: pictures(2, side: 11))
      }
    }
  }

  /// The number for `mlp` is that of Keras's `mnist_mlp.py`; `lenet` and `linear` are counted as in
  /// the papers, and the others as in Sources/Cairn/Cairn.docc/Guides/TrainingModels.md.
  @Test(
    "Models have the published numbers of parameters",
    arguments: [
      (ModelName.quickstart, 2_770_634), (.linear, 7850), (.mlp, 669_706), (.lenet, 61_706),
      (.cnn, 104_874), (.strided, 33_418), (.vgg, 870_634), (.resnet, 78_426), (.mobile, 69_258),
      (.digits, 373_386),
    ])
  func parameters(name: ModelName, count: Int) {
    let model = name.makeModel(imageShape: [28, 28, 1], classes: 10)
    model.build(inputShape: [28, 28, 1])
    #expect(model.parameterCount == count)
  }
}
