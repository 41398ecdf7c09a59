import Checkpoints
import Inference
import JSON
import ModelFiles
import NeuralNetwork
import Tensors
import Threads

/// The settings that, together with their changes, determine the bits of a run.
struct RunSettings: Equatable {
  var model = ModelChoice.named(.quickstart)
  /// The shape of an image: height, width and channels.
  var imageShape = QuickstartModel.imageShape
  /// The number of classes.
  var classes = RunSettings.defaultClasses
  var batchSize = 32
  /// The number of shards of each batch, a power of two.
  var shards = 1
  var seed: UInt64 = 0
  var optimizer = OptimizerSettings(.adam)
  var shuffleBuffer = 10_000
  var recipe = Recipe()
  /// The numbers that pixels have for the model.
  var pixelRange = PixelRange.zeroToOne
  /// SHA-256 of the file with the weights from which the run started, in hexadecimal.
  var initialWeights: String?
  var dataDigest: String

  /// Creates the settings of a new run from the options, the data and the defaults.
  init(_ options: RunOptions, imageShape: Shape, classes: Int, dataDigest: String) {
    (self.imageShape, self.classes, self.dataDigest) = (imageShape, classes, dataDigest)
    shards = options.newRunShards
    apply(options)
    // A small batch has fewer shards, unless their number was chosen.
    while options.shards == nil, shards > batchSize { shards /= 2 }
  }

  /// Reads the settings of a checkpoint.
  ///
  /// - Parameters:
  ///   - json: The settings by name.
  ///   - path: The path of the checkpoint.
  /// - Throws: ``TrainingError`` if a setting is unknown, missing or invalid.
  init(_ json: JSON.Object, of path: String) throws(TrainingError) {
    func invalid(_ name: String) -> TrainingError {
      .otherState(
        path: path,
        json[name].map { .invalidSetting(name, value: $0.text) } ?? .missingSetting(name))
    }
    func count(_ name: String, in range: ClosedRange<Int>) throws(TrainingError) -> Int {
      guard let value = json[name]?.integer, range.contains(value) else { throw invalid(name) }
      return value
    }
    guard let model = json["model"].flatMap(ModelChoice.init) else { throw invalid("model") }
    self.model = model
    // Earlier files have neither: all their pictures were those of MNIST.
    if json["image_shape"] != nil {
      let extents = json["image_shape"]?.array?.compactMap(\.integer) ?? []
      guard extents.count == 3, extents.allSatisfy((1...RunSettings.maximumSide).contains) else {
        throw invalid("image_shape")
      }
      imageShape = Shape(extents)
    }
    if json["classes"] != nil { classes = try count("classes", in: RunSettings.classCounts) }
    if let range = json["pixel_range"] {
      guard let known = range.string.flatMap(PixelRange.init) else { throw invalid("pixel_range") }
      pixelRange = known
    }
    if let digest = json["init_weights"] {
      guard let text = digest.string else { throw invalid("init_weights") }
      initialWeights = text
    }
    batchSize = try count("batch_size", in: RunSettings.batchSizes)
    // Files of runs without shards do not have it.
    if json["shards"] != nil {
      shards = try count("shards", in: RunSettings.shardCounts)
      guard shards & (shards - 1) == 0 else { throw invalid("shards") }
    }
    shuffleBuffer = try count("shuffle_buffer", in: RunSettings.shuffleBuffers)
    guard let seed = json["seed"]?.string.flatMap({ UInt64($0) }) else { throw invalid("seed") }
    self.seed = seed
    guard let digest = json["data_sha256"]?.string else { throw invalid("data_sha256") }
    dataDigest = digest

    guard let name = json["optimizer"]?.string.flatMap(OptimizerName.init) else {
      throw invalid("optimizer")
    }
    guard let rate = json["learning_rate"] else { throw invalid("learning_rate") }
    optimizer = OptimizerSettings(name, learningRate: rate)
    optimizer.options = json["optimizer_options"]?.object ?? [:]
    // Creating the optimizer normalizes the values: 1 and 1.0 are the same learning rate.
    guard let made = try? optimizer.makeOptimizer(), let same = OptimizerSettings(of: made) else {
      throw invalid(optimizer.options.isEmpty ? "learning_rate" : "optimizer_options")
    }
    optimizer = same
    recipe = try Recipe(json, invalid: invalid)
    if let unknown = json.keys.sorted().first(where: { self.json[$0] == nil }) {
      throw invalid(unknown)
    }
  }

  /// The values of the settings that a checkpoint leaves out.
  static let defaults: JSON.Object = [
    "image_shape": .array(QuickstartModel.imageShape.map(JSON.integer)), "shards": .integer(1),
    "classes": .integer(defaultClasses), "pixel_range": .string(PixelRange.zeroToOne.rawValue),
  ]

  /// The settings by name, in the form of checkpoints.
  var json: JSON.Object {
    var json: JSON.Object = [
      "model": model.json, "batch_size": .integer(batchSize),
      "seed": .string("\(seed)"), "optimizer": .string(optimizer.name.rawValue),
      "learning_rate": optimizer.learningRate, "shuffle_buffer": .integer(shuffleBuffer),
      "data_sha256": .string(dataDigest),
    ]
    let named: JSON.Object = [
      "image_shape": .array(imageShape.map(JSON.integer)), "shards": .integer(shards),
      "classes": .integer(classes), "pixel_range": .string(pixelRange.rawValue),
    ]
    for (name, value) in named where value != Self.defaults[name] { json[name] = value }
    if let initialWeights { json["init_weights"] = .string(initialWeights) }
    if !optimizer.options.isEmpty { json["optimizer_options"] = .object(optimizer.options) }
    return json.merging(recipe.json) { $1 }
  }

  /// Returns the settings with the requested values, but for the model, which is adapted to the
  /// data; others stay unchanged.
  func with(_ options: RunOptions) -> RunSettings {
    var settings = self
    settings.apply(options)
    settings.model = model
    return settings
  }

  /// Creates the model, unbuilt, with the layers frozen that the recipe names.
  ///
  /// - Throws: ``UntrainableModel`` if the model does not fit the pictures.
  func makeModel() throws(UntrainableModel) -> Model {
    let model = try model.makeModel(imageShape: imageShape, classes: classes)
    model.seed = seed
    try model.freeze(recipe.frozen ?? [])
    try checkMemory(of: model)
    return model
  }

  /// Throws if a step would take more memory than the model may have.
  ///
  /// - Parameter model: The model, which need not be built.
  /// - Throws: ``UntrainableModel/memory(_:)``.
  func checkMemory(of model: Model) throws(UntrainableModel) {
    guard case .described = self.model, let model = model as? GraphModel else { return }
    let memory: GradientMemory
    do throws(ShapeError) {
      memory = try GradientMemory(of: model, inputShapes: [imageShape], copies: 4)
    } catch {
      throw .description(.shape(error))
    }
    do throws(GradientMemoryError) {
      try memory.check(examples: batchSize, available: AvailableMemory.bytes())
    } catch {
      throw .memory(error)
    }
  }

  /// The numbers that pixels must have for the model, as its first layers say.
  ///
  /// - Parameter weights: The path of a file whose weights it starts with, which may have the
  ///   statistics of a normalization.
  /// - Returns: The range.
  /// - Throws: ``UntrainableModel`` if the model does not fit the pictures.
  func rangeOfModel(weights: String?) throws(UntrainableModel) -> PixelRange {
    guard case .described = model else { return .zeroToOne }
    let model = try makeModel()
    model.build(inputShape: imageShape)
    if let weights { _ = try? CheckpointFile(opening: weights).transferWeights(to: model) }
    return model.graph.map { InputScaling(of: $0).range } ?? .zeroToOne
  }

  /// Whether a run of other settings has the same model.
  func hasSameModel(as other: RunSettings) -> Bool {
    (model, imageShape, classes, recipe.frozen ?? [])
      == (other.model, other.imageShape, other.classes, other.recipe.frozen ?? [])
  }

  /// Applies a change that takes effect between epochs; other changes are already in effect.
  ///
  /// - Returns: Whether its value is valid.
  mutating func apply(_ change: RunChange) -> Bool {
    switch change.name {
    case "batch_size":
      guard let size = change.to.integer, RunSettings.batchSizes.contains(size) else {
        return false
      }
      batchSize = size
    case "shuffle_buffer":
      guard let size = change.to.integer, RunSettings.shuffleBuffers.contains(size) else {
        return false
      }
      shuffleBuffer = size
    default: break
    }
    return true
  }

  private mutating func apply(_ options: RunOptions) {
    model = options.model ?? model
    pixelRange = options.pixelRange ?? pixelRange
    batchSize = options.batchSize ?? batchSize
    shards = options.shards ?? shards
    seed = options.seed ?? seed
    shuffleBuffer = options.shuffleBuffer ?? shuffleBuffer
    if let name = options.optimizer {
      optimizer = OptimizerSettings(name, learningRate: optimizer.learningRate)
    }
    if let rate = options.learningRate { optimizer.learningRate = .number(rate) }
    optimizer.set(options.optimizerOptions)
    var wanted = options.recipe
    wanted.monitor = options.monitor ?? wanted.monitor
    recipe = recipe.merging(wanted)
  }

  private static let defaultClasses = 10
  private static let maximumSide = 1 << 15
  private static let classCounts = 1...(1 << 16)
  package static let shardCounts = 1...1024
  private static let batchSizes = 1...1_000_000
  private static let shuffleBuffers = 1...1_000_000_000
}
