import Datasets
import JSON
import TestSupport
import Testing
import Training

@Suite("Recipes by name")
struct RecipeNameTests {
  @Test("Every recipe is one that a file could have", arguments: RecipeName.allCases)
  func settings(name: RecipeName) throws {
    var options = RunOptions(savePath: "ckpt.h5")
    try options.use(name.settings)
    #expect(options.model != nil && options.epochs != nil && options.learningRate != nil)
    #expect(options.batchSize != nil && options.recipe != Recipe())
    // Nothing in it is a default that would be left out.
    let text = JSON.object(name.settings).text
    var read = RunOptions(savePath: "ckpt.h5")
    try read.use(#require(JSON(parsing: text).object))
    #expect(read.recipe == options.recipe && read.optimizerOptions == options.optimizerOptions)
  }

  @Test("The values of a recipe are used where the options have none")
  func precedence() throws {
    var options = RunOptions(savePath: "ckpt.h5")
    options.epochs = 7
    options.recipe.labelSmoothing = 0.25
    try options.use(RecipeName.fast.settings)
    #expect(options.epochs == 7 && options.recipe.labelSmoothing == 0.25)
    #expect(options.model == .named(.strided) && options.learningRate == 0.02)
    #expect(options.recipe.schedule == .onecycle)
  }

  @Test(
    "A fifteenth of MNIST teaches nine of ten digits; with flips, which mix them up, seven",
    arguments: zip([RecipeName.fast, .accurate, .fashion], [0.9, 0.9, 0.7]))
  func learning(name: RecipeName, least: Double) throws {
    let data = try MNIST.load(from: "\(packageDirectory)/samples/mnist")
    try withTemporaryDirectory { directory in
      var options = RunOptions(savePath: "\(directory)/ckpt.h5")
      (options.epochs, options.batchSize) = (1, 32)
      try options.use(name.settings)
      let recorder = Recorder()
      let (train, test) = (data.train.prefix(4000), data.test.prefix(500))
      try run(options, train: train, test: test, recorder: recorder)
      #expect(try #require(recorder.epochs.first).evaluationAccuracy > least)
    }
  }
}
