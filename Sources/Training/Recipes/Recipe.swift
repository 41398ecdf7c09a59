public import Datasets

/// How a model is trained, beside data, model, optimizer and batch size; part of the settings of a
/// run.
///
/// `nil` means the default, or in the options of a resumed run, the value of that run.
///
/// ```swift
/// var options = RunOptions(savePath: "ckpt.h5")
/// options.recipe.schedule = .cosine
/// options.recipe.warmup = .epochs(1)
/// options.recipe.augmentation = try AugmentationRecipe(parsing: "shift=2,rotate=10")
/// options.recipe.validation = .fraction(0.1)
/// options.recipe.patience = 3  // stops after three epochs without an improvement
/// ```
public struct Recipe: Equatable, Sendable {
  /// The learning-rate schedule; constant by default.
  public var schedule: RateSchedule?

  /// The number of epochs over which the schedule runs; by default that of the new run.
  ///
  /// Later steps have its last learning rate.
  public var scheduleEpochs: Int?

  /// The length of the linear warmup of the learning rate; none by default, and three tenths of the
  /// run for ``RateSchedule/onecycle``.
  public var warmup: Warmup?

  /// The random changes of the training pictures; none by default.
  public var augmentation: AugmentationRecipe?

  /// Patterns for the names of layers that are not trained, such as `conv*`; none by default.
  ///
  /// They have `*`, `?` and `[…]` as in a shell. A layer in another model also has a name such as
  /// `base/conv1`. An empty list trains also the layers that the description of a model freezes.
  public var frozen: [String]?

  /// The label smoothing s, in `0..<1`: the target of the true class is 1 − s + s / number of
  /// classes; 0 by default.
  public var labelSmoothing: Double?

  /// The weights of the classes in the loss; all 1 by default.
  public var classWeights: ClassWeights?

  /// The part of the training data that is held out for validation; none by default.
  public var validation: ValidationSplit?

  /// The metric that ``patience``, ``restoresBest`` and ``plateau`` look at; by default the loss of
  /// the evaluation after each epoch.
  public var monitor: Monitor?

  /// The number of epochs without an improvement of the monitored metric after which training
  /// stops, at least 1; no limit by default.
  public var patience: Int?

  /// The least change of the monitored metric that is an improvement, at least 0; 0 by default.
  public var minDelta: Double?

  /// Whether the model gets the weights of the best epoch by the monitored metric at the end of the
  /// run; `false` by default.
  public var restoresBest: Bool?

  /// The reduction of the learning rate when the monitored metric no longer improves; none by
  /// default.
  public var plateau: PlateauReduction?

  /// Whether a temperature and the threshold of a score are fitted on the held-out pictures, see
  /// ``Calibration``; `false` by default.
  public var calibrates: Bool?

  /// The share of the held-out pictures that may have scores below the threshold, in `0..<1`; 0.01
  /// by default.
  public var rejectRate: Double?

  /// The name of the class whose pictures show none of the other classes; none by default.
  public var rejectedClass: String?

  /// Creates a recipe of defaults.
  public init() {}

  /// Whether the learning rate changes during the run, so that the optimizer's is not that of the
  /// settings.
  var changesRate: Bool { schedule != nil || warmup != nil || plateau != nil }

  /// The recipe with the values that another one has.
  ///
  /// - Parameter other: The values that win.
  /// - Returns: The recipe, without values that equal the defaults.
  func merging(_ other: Recipe) -> Recipe {
    var recipe = self
    for field in Recipe.fields {
      if let value = field.json(other) { _ = field.read(value, &recipe) }
    }
    return recipe.withoutDefaults
  }

  private var withoutDefaults: Recipe {
    var recipe = self
    if schedule == .constant { (recipe.schedule, recipe.scheduleEpochs) = (nil, nil) }
    if warmup == .steps(0) { recipe.warmup = nil }
    if augmentation == AugmentationRecipe() { recipe.augmentation = nil }
    if labelSmoothing == 0 { recipe.labelSmoothing = nil }
    if validation == .count(0) { recipe.validation = nil }
    // Without a rule that looks at it, the metric only chooses the best epoch.
    if patience == nil, plateau == nil, !(restoresBest ?? false) { recipe.monitor = nil }
    if restoresBest == false { recipe.restoresBest = nil }
    if minDelta == 0 { recipe.minDelta = nil }
    if calibrates != true { (recipe.calibrates, recipe.rejectRate) = (nil, nil) }
    if rejectRate == Calibration.defaultRejectRate { recipe.rejectRate = nil }
    return recipe
  }
}
