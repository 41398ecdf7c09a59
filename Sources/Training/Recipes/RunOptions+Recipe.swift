public import Checkpoints
import Inference
public import JSON

extension RunOptions {
  /// Uses settings that were written down, except where an option is given.
  ///
  /// The names are those of the settings in checkpoints: `model`, `batch_size`, `shards`,
  /// `shuffle_buffer`, `optimizer`, `optimizer_options`, `learning_rate`, those of ``Recipe``, and
  /// `epochs`.
  ///
  /// - Parameter settings: The settings by name.
  /// - Throws: ``RecipeProblem/unknown(_:)`` or ``RecipeProblem/invalid(_:value:)`` for a name or a
  ///   value that is none.
  public mutating func use(_ settings: JSON.Object) throws(RecipeProblem) {
    func invalid(_ name: String) -> RecipeProblem {
      .invalid(name, value: settings[name]?.text ?? "null")
    }
    let recipe = try Recipe(settings, invalid: invalid)
    for (name, value) in settings {
      switch name {
      case "model":
        guard let choice = ModelChoice(json: value) else { throw invalid(name) }
        model = model ?? choice
      case "pixel_range":
        let range = try read(value, name) { PixelRange(rawValue: $0) }
        pixelRange = pixelRange ?? range
      case "init_weights":
        guard initialWeights != nil else { throw .missingWeights }
      case "optimizer":
        let named = try read(value, name) { OptimizerName(rawValue: $0) }
        optimizer = optimizer ?? named
      case "epochs":
        let count = try count(value, name)
        epochs = epochs ?? count
      case "batch_size":
        let count = try count(value, name)
        batchSize = batchSize ?? count
      case "shuffle_buffer":
        let count = try count(value, name)
        shuffleBuffer = shuffleBuffer ?? count
      case "shards":
        let count = try count(value, name)
        guard RunSettings.shardCounts.contains(count), count & (count - 1) == 0 else {
          throw invalid(name)
        }
        shards = shards ?? count
      case "learning_rate":
        guard let rate = value.number.map(Float.init), rate > 0, rate.isFinite else {
          throw invalid(name)
        }
        learningRate = learningRate ?? rate
      case "optimizer_options":
        guard let options = value.object else { throw invalid(name) }
        optimizerOptions = options.merging(optimizerOptions) { $1 }
      default:
        guard Recipe.fields.contains(where: { $0.name == name }) else { throw .unknown(name) }
      }
    }
    self.recipe = recipe.merging(self.recipe)
    let named = OptimizerSettings(optimizer ?? .adam)
    guard (try? named.name.makeOptimizer(optimizerOptions)) != nil else {
      throw .invalid("optimizer_options", value: JSON.object(optimizerOptions).text)
    }
  }

  /// Uses the settings of a run: model, optimizer and recipe, and the number of epochs.
  ///
  /// Seed and data are not used.
  ///
  /// - Parameter state: The state of the run.
  /// - Throws: ``RecipeProblem`` if the settings are not those of a run that can be repeated.
  public mutating func use(_ state: TrainingState) throws(RecipeProblem) {
    let left: Set = ["seed", "data_sha256", "image_shape", "classes"]
    var settings = state.settings.filter { !left.contains($0.key) }
    if let epochs = state.requestedEpochs { settings["epochs"] = .integer(epochs) }
    try use(settings)
  }

  private func read<Value>(
    _ json: JSON, _ name: String, _ value: (String) -> Value?
  ) throws(RecipeProblem) -> Value {
    guard let value = json.string.flatMap(value) else { throw .invalid(name, value: json.text) }
    return value
  }

  private func count(_ json: JSON, _ name: String) throws(RecipeProblem) -> Int {
    guard let count = json.integer, (1...1_000_000).contains(count) else {
      throw .invalid(name, value: json.text)
    }
    return count
  }
}
