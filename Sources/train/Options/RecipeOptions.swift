import ArgumentParser
import Arguments
import Datasets
import Glibc
import JSON
import Training

/// The options under the heading Recipe.
struct RecipeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Use a recipe wherever no option is given: a name (\(RecipeName.list)), or a file, a JSON \
      object or the checkpoint of another run.
      """, valueName: "name|file"))
  var recipe: String?

  @Option(
    name: [.customShort("e", allowingJoined: true), .long],
    help: .count("Number of epochs in total. (default: that of the resumed run, or 5)"),
    transform: wholeNumber)
  var epochs: Int?

  @Option(
    help: .count("Stop after N training steps in total, including those of the resumed run."),
    transform: wholeNumber)
  var maxSteps: Int?

  @Option(
    help: ArgumentHelp(
      "Stop and save after a time such as 90s, 10min or 2h; the same command continues.",
      valueName: "time"))
  var maxTime: Patience?

  @Option(
    help: .name("Optimizer, with Keras's defaults. (default: adam)"))
  var optimizer: OptimizerName?

  @Option(
    name: [.customLong("lr"), .customLong("learning-rate")],
    help: ArgumentHelp("Learning rate. (default: 0.001)", valueName: "rate"), transform: number)
  var learningRate: Float?

  @Option(
    help: .name("Course of the learning rate over the run. (default: constant)"))
  var lrSchedule: RateSchedule?

  @Option(
    help: ArgumentHelp(
      """
      Raise the learning rate from 0 at the start, such as 500steps or 1epoch. (default: none; \
      three tenths of the run for onecycle)
      """, valueName: "length"))
  var warmup: Warmup?

  @Option(
    help: ArgumentHelp(
      """
      Multiply the learning rate by factor (0.1) after patience (10) epochs without improvement \
      of --monitor, such as factor=0.5,patience=3; also min_delta (1e-4), cooldown (0) and \
      min_lr (0). (default: never)
      """, valueName: "name=value,…"))
  var reduceLrOnPlateau: PlateauReduction?

  @Option(
    help: .number("Weight decay of the optimizer. (default: that of the optimizer)"),
    transform: number)
  var weightDecay: Double?

  @Option(
    help: .number("Limit the L2 norm of the gradient of each variable. (default: none)"),
    transform: number)
  var clipNorm: Double?

  @Option(
    help: .count("Update the weights with the mean gradient of N batches. (default: 1)"),
    transform: wholeNumber)
  var accumulate: Int?

  @Option(
    help: .number(
      """
      Evaluate and save moving averages of the weights with this momentum, such as 0.999, instead \
      of the weights of the last step. (default: none)
      """), transform: number)
  var ema: Double?

  @Option(
    help: ArgumentHelp(
      """
      Change the training pictures at random: shift=2 (pixels), rotate=10 (degrees), zoom=0.1, \
      shear=5 (degrees), flip, elastic, thickness=0.5 (pixels), lines, cut, coarse=2 (factor), \
      blur=0.5 (pixels), contrast=0.3, noise=0.1, erase. (default: none)
      """, valueName: "name=value,…"),
    transform: { try AugmentationRecipe(parsing: $0) })
  var augment: AugmentationRecipe?

  @Option(
    help: .number("Label smoothing of the loss, from 0 to less than 1. (default: 0)"),
    transform: number)
  var labelSmoothing: Double?

  @Option(
    help: ArgumentHelp(
      """
      Weights of the classes in the loss: auto, so that rare classes count as much as frequent \
      ones; a number for each class, separated by commas; or a JSON file with such a list or with \
      weights by name. (default: all 1)
      """, valueName: "auto|list|file"))
  var classWeights: ClassWeightsOption?

  @Option(
    help: .count(
      "Stop after N epochs without improvement of --monitor. (default: no limit)"),
    transform: wholeNumber)
  var patience: Int?

  @Option(
    help: .number("Least change of --monitor that is an improvement for --patience. (default: 0)"),
    transform: number)
  var minDelta: Double?

  @Flag(help: "At the end, save the weights of the best epoch by --monitor.")
  var restoreBest = false

  @Option(
    help: ArgumentHelp(
      """
      Class whose pictures show none of the others, such as a folder 'none': predict then answers \
      '?'. (default: none)
      """, valueName: "name"))
  var rejectClass: String?

  @Flag(
    help: """
      Fit a temperature and a threshold on the held-out pictures (--val-split), so that predict \
      prints calibrated probabilities and answers '?' where it cannot know.
      """)
  var calibrate = false

  @Option(
    help: .number(
      """
      Share of the held-out pictures of --calibrate, without the rejected class, that may get no \
      answer. (default: 0.01)
      """), transform: number)
  var rejectRate: Double?

  @Option(
    help: .number(
      "Accuracy, from 0 to 1, that the run must reach in its last evaluation; else exit 1."),
    transform: number)
  var targetAccuracy: Double?

  func validate() throws {
    try check("--recipe", recipe, mustBe: "one of \(RecipeName.list), or a file") {
      unsafe RecipeName(rawValue: $0) != nil || $0.contains { "./".contains($0) }
        || access($0, F_OK) == 0
    }
    try check("--epochs", epochs, in: 1...1_000_000)
    try check("--max-steps", maxSteps, in: 1...1_000_000_000)
    try check("--lr", learningRate, mustBe: "a number greater than 0") { $0 > 0 && $0.isFinite }
    try check("--weight-decay", weightDecay, mustBe: "a number from 0") { $0 >= 0 && $0.isFinite }
    try check("--clip-norm", clipNorm, mustBe: "a number greater than 0") {
      $0 > 0 && $0.isFinite
    }
    try check("--accumulate", accumulate, in: 2...1_000_000)
    try check("--ema", ema, mustBe: "a number greater than 0 and less than 1") {
      $0 > 0 && $0 < 1
    }
    try check("--label-smoothing", labelSmoothing, mustBe: "a number from 0 to less than 1") {
      $0 >= 0 && $0 < 1
    }
    try check("--patience", patience, in: 1...1_000_000)
    try check("--min-delta", minDelta, mustBe: "a number from 0") { $0 >= 0 && $0 < 1e30 }
    try check("--reject-rate", rejectRate, mustBe: "a number from 0 to less than 1") {
      $0 >= 0 && $0 < 1
    }
    try check("--target-accuracy", targetAccuracy, in: 0...1)
  }

  /// Sets the options of a run.
  ///
  /// - Parameter options: The options.
  func set(_ options: inout RunOptions) {
    options.epochs = epochs
    options.maxSteps = maxSteps
    options.maxSeconds = maxTime.map { Double($0.seconds) }
    options.optimizer = optimizer
    options.learningRate = learningRate
    options.optimizerOptions = [
      "weight_decay": weightDecay.map { .number($0) }, "clipnorm": clipNorm.map { .number($0) },
      "gradient_accumulation_steps": accumulate.map { .integer($0) },
      "use_ema": ema.map { _ in .bool(true) }, "ema_momentum": ema.map { .number($0) },
    ]
    options.recipe.schedule = lrSchedule
    options.recipe.warmup = warmup
    options.recipe.plateau = reduceLrOnPlateau
    options.recipe.augmentation = augment
    options.recipe.labelSmoothing = labelSmoothing
    options.recipe.patience = patience
    options.recipe.minDelta = minDelta
    options.recipe.restoresBest = restoreBest ? true : nil
    options.recipe.calibrates = calibrate ? true : nil
    options.recipe.rejectRate = rejectRate
    options.recipe.rejectedClass = rejectClass
  }

  /// Uses the recipe, if one is named, where no option is given.
  ///
  /// The name of a recipe wins over a file with that name, which is `./fast` then.
  ///
  /// - Parameter options: The options that are given.
  /// - Throws: ``SettingsFileError`` or `CheckpointError` if the recipe cannot be used.
  func useRecipe(for options: inout RunOptions) throws {
    guard let recipe else { return }
    do {
      if let name = RecipeName(rawValue: recipe) { return try options.use(name.settings) }
      switch try RecipeFile(path: recipe) {
      case .settings(let settings): try options.use(settings)
      case .run(let state): try options.use(state)
      }
    } catch let problem as RecipeProblem {
      throw SettingsFileError(path: recipe, role: .recipe, problem: "\(problem)")
    }
  }
}
