public import JSON
import Preconditions
public import Tensors

/// The base class of optimizers, which update variables to minimize a loss.
///
/// Update rules, defaults and the order of the state are those of Keras 3. An optimizer belongs to
/// the variables of its first step and keeps slots for each of them. A subclass defines the update
/// rule; this class applies the common ``OptimizerOptions``.
///
/// An optimizer is not `Sendable`: it is used by one task at a time, the one that has its
/// variables.
///
/// To write an optimizer, override ``slotGroups`` and ``update(_:gradient:slots:)``. The slots are
/// saved and restored with the model. Register the class with ``CustomObjects`` to load it from
/// files.
///
/// ```swift
/// final class Lion: Optimizer {
///   init(learningRate: any LearningRate = 1e-4) { super.init(learningRate: learningRate) }
///   override var slotGroups: [[String]] { [["momentum"]] }
///
///   override func update(_ variable: Variable, gradient: Tensor, slots: [Variable]) {
///     let mean = slots[0].value
///     variable.value = variable.value - (mean * 0.9 + gradient * 0.1).sign() * learningRate
///     slots[0].value = mean * 0.99 + gradient * 0.01
///   }
/// }
/// ```
open class Optimizer {
  /// The name of the optimizer in files, such as `adam`.
  public let name: String

  /// The options common to all optimizers: weight decay, clipping, EMA, gradient accumulation.
  public internal(set) final var options: OptimizerOptions

  /// The number of steps taken, including those that only accumulated gradients.
  ///
  /// Keras stores it as the first variable in files. Keras's property `iterations` counts updates
  /// instead; see ``updates``.
  public final var iterations: Int = 0

  /// The slots of each variable, in the order of ``slotNames``; empty before the first step.
  public private(set) final var slots: [[Variable]] = []

  /// The moving average (EMA) of each variable; empty without ``OptimizerOptions/useEMA``.
  public private(set) final var averages: [Variable] = []

  /// The sum of the gradients of each variable since the last update; empty without gradient
  /// accumulation.
  public private(set) final var accumulatedGradients: [Variable] = []

  /// The state that all variables share.
  public private(set) final var sharedSlots: [Variable] = []

  private var constantLearningRate: Float
  private var learningRateSchedule: (any LearningRateSchedule)?
  private var variables: [Variable] = []
  private var isDecayed: [Bool] = []
  private var excludedFromDecay: (variables: Set<ObjectIdentifier>, names: [String]) = ([], [])

  /// Creates an optimizer.
  ///
  /// - Parameters:
  ///   - learningRate: The learning rate, greater than 0, or a schedule.
  ///   - weightDecay: See ``OptimizerOptions/weightDecay``.
  ///   - clipnorm: See ``OptimizerOptions/clipnorm``.
  ///   - clipvalue: See ``OptimizerOptions/clipvalue``.
  ///   - globalClipnorm: See ``OptimizerOptions/globalClipnorm``.
  ///   - useEMA: See ``OptimizerOptions/useEMA``.
  ///   - emaMomentum: See ``OptimizerOptions/emaMomentum``.
  ///   - emaOverwriteFrequency: See ``OptimizerOptions/emaOverwriteFrequency``.
  ///   - gradientAccumulationSteps: See ``OptimizerOptions/gradientAccumulationSteps``.
  ///   - name: The name of the optimizer in files; defaults to the class name in snake case, as in
  ///     Keras.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    learningRate: any LearningRate, weightDecay: Double? = nil, clipnorm: Double? = nil,
    clipvalue: Double? = nil, globalClipnorm: Double? = nil, useEMA: Bool = false,
    emaMomentum: Double = 0.99, emaOverwriteFrequency: Int? = nil,
    gradientAccumulationSteps: Int? = nil, name: String? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    self.options = OptimizerOptions(
      weightDecay: weightDecay, clipnorm: clipnorm, clipvalue: clipvalue,
      globalClipnorm: globalClipnorm, useEMA: useEMA, emaMomentum: emaMomentum,
      emaOverwriteFrequency: emaOverwriteFrequency,
      gradientAccumulationSteps: gradientAccumulationSteps)
    options.check(file: file, line: line)
    self.learningRateSchedule = learningRate as? any LearningRateSchedule
    self.constantLearningRate = learningRate.constant ?? 0
    self.name = name ?? Self.className.snakeCased
    require(
      learningRateSchedule != nil || constantLearningRate > 0,
      "`learningRate` must be greater than 0 or a schedule, but is \(learningRate).", file: file,
      line: line)
  }

  /// The name of the class in Keras.
  open class var className: String { "\(self)" }

  /// The config in Keras's form: the main options, and those that differ from Keras's defaults.
  open var config: JSON.Object {
    var config = options.config
    config["name"] = .string(name)
    config["learning_rate"] = schedule.map(\.kerasConfig) ?? .number(constantLearningRate)
    return config
  }

  // MARK: - Learning rate

  /// The learning rate schedule; `nil` for a constant learning rate.
  public final var schedule: (any LearningRateSchedule)? { learningRateSchedule }

  /// Replaces the learning rate, while a file is read.
  final func replaceLearningRate(_ learningRate: any LearningRate) {
    learningRateSchedule = learningRate as? any LearningRateSchedule
    constantLearningRate = learningRate.constant ?? 0
  }

  /// Whether the learning rate is a variable and stored in files; `false` with a schedule.
  public final var hasLearningRateVariable: Bool { schedule == nil }

  /// The learning rate of the next step.
  ///
  /// Keras and files store it as a 32-bit float.
  ///
  /// - Precondition: It is not set while there is a schedule.
  public final var learningRate: Float {
    get { schedule?(iterations) ?? constantLearningRate }
    set {
      require(
        hasLearningRateVariable, "`learningRate` cannot be set: the optimizer has a schedule.")
      constantLearningRate = newValue
    }
  }

  /// The number of updates of the variables, which is less than ``iterations`` with gradient
  /// accumulation.
  public final var updates: Int { iterations / (options.gradientAccumulationSteps ?? 1) }

  // MARK: - State

  /// The names of the slots of each variable, in groups that give Keras's order.
  ///
  /// Files store one group after the other. Within a group, the slots are interleaved by variable.
  open var slotGroups: [[String]] { [] }

  /// The names of the slots of each variable.
  public final var slotNames: [String] { slotGroups.flatMap { $0 } }

  /// The initial value of every element of a slot.
  ///
  /// - Parameter name: The name of the slot.
  /// - Returns: The initial value; 0 by default.
  open func initialValue(of name: String) -> Float { 0 }

  /// Creates the state that all variables share; empty by default.
  open func makeSharedSlots() -> [Variable] { [] }

  /// Computes the shared state from the number of steps, for files that lack it; does nothing by
  /// default.
  package func deriveSharedSlots() {}

  /// Whether the slots have been created.
  public final var isBuilt: Bool { !variables.isEmpty }

  /// Creates the slots unless they already exist.
  ///
  /// - Parameter variables: The variables to train.
  /// - Precondition: Existing slots belong to the same variables.
  public final func build(for variables: [Variable]) {
    if !isBuilt {
      self.variables = variables
      func slot(_ name: String, like variable: Variable) -> Variable {
        let (value, shape) = (initialValue(of: name), variable.shape)
        return Variable(
          value == 0 ? Tensor(zeros: shape) : Tensor(repeating: value, shape: shape), name: name,
          isTrainable: false)
      }
      func zeros(_ name: String) -> [Variable] {
        variables.map { Variable(Tensor(zeros: $0.shape), name: name, isTrainable: false) }
      }
      slots = variables.map { variable in slotNames.map { slot($0, like: variable) } }
      if options.useEMA { averages = zeros("average") }
      if options.gradientAccumulationSteps != nil {
        accumulatedGradients = zeros("gradient_accumulator")
      }
      if isBuilt { sharedSlots = makeSharedSlots() }
      isDecayed = variables.map { variable in
        options.weightDecay != nil
          && !excludedFromDecay.variables.contains(ObjectIdentifier(variable))
          && !excludedFromDecay.names.contains { variable.name.contains($0) }
      }
    }
    require(
      self.variables.elementsEqual(variables, by: ===),
      """
      An optimizer must be given the same variables at every step, but got \(variables.count) \
      others than the \(self.variables.count) of its first step.
      """)
  }

  /// The slots of all variables in the order of Keras's `optimizer.variables`, without iteration
  /// count and learning rate, which come first.
  public final var slotsInKerasOrder: [Variable] {
    var first = 0
    let own = slotGroups.flatMap { group in
      defer { first += group.count }
      return slots.flatMap { $0[first..<first + group.count] }
    }
    return averages + accumulatedGradients + own + sharedSlots
  }

  /// Excludes variables from weight decay.
  ///
  /// As for Keras's `exclude_from_weight_decay`, files do not store the exclusions.
  ///
  /// - Parameters:
  ///   - variables: The variables to exclude.
  ///   - names: Substrings; variables whose names contain one of them are excluded.
  /// - Precondition: The optimizer is not built yet.
  public final func excludeFromWeightDecay(variables: [Variable] = [], names: [String] = []) {
    require(
      !isBuilt, "`excludeFromWeightDecay` must be called before the first step of the optimizer.")
    excludedFromDecay = (Set(variables.map(ObjectIdentifier.init)), names)
  }

  // MARK: - Steps

  /// Prepares an update of all variables; does nothing by default.
  open func beginUpdate() {}

  /// Applies the update rule to one variable and its slots.
  ///
  /// The learning rate is ``learningRate``, and ``updates`` counts from 0. Gradient accumulation,
  /// clipping and weight decay are already applied; moving averages follow.
  ///
  /// - Parameters:
  ///   - variable: The variable to update.
  ///   - gradient: The gradient, with the variable's shape.
  ///   - slots: The variable's slots, in the order of ``slotNames``.
  open func update(_ variable: Variable, gradient: Tensor, slots: [Variable]) {
    fail("\(Self.className) must override `update(_:gradient:slots:)`.")
  }

  /// Takes a step: updates every variable that has a gradient, and then applies the constraints of
  /// the variables.
  ///
  /// - Parameters:
  ///   - gradients: The gradients of the loss.
  ///   - variables: The variables: the same ones in the same order at every step.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public final func apply(
    _ gradients: Gradients, to variables: [Variable], file: StaticString = #fileID,
    line: UInt = #line
  ) {
    CallSite(file: file, line: line).track { step(gradients, variables) }
  }

  private func step(_ gradients: Gradients, _ variables: [Variable]) {
    build(for: variables)
    let given = variables.map { gradients[$0] }
    if let steps = options.gradientAccumulationSteps {
      if (iterations + 1).isMultiple(of: steps) {
        update(
          zip(given, accumulatedGradients).map { gradient, sum in
            gradient.map { ($0 + sum.value) / Float(steps) }
          })
        for sum in accumulatedGradients { sum.value = Tensor(zeros: sum.shape) }
      } else {
        for case (let gradient?, let sum) in zip(given, accumulatedGradients) {
          sum.value = gradient + sum.value
        }
      }
    } else {
      update(given)
    }
    updateAverages()
    for variable in variables {
      if let constraint = variable.constraint { variable.value = constraint(variable.value) }
    }
    iterations += 1
  }

  /// Sets the variables to their moving averages, if there are any.
  ///
  /// `Model.fit` calls it at the end, as in Keras.
  public final func finalizeVariableValues() {
    for (variable, average) in zip(variables, averages) { variable.value = average.value }
  }

  /// Exchanges the variables with their moving averages, if there are any; a second call undoes it.
  ///
  /// Before the first step the averages are 0, and nothing is exchanged. Source:
  /// keras/src/callbacks/swap_ema_weights.py.
  ///
  /// - Returns: Whether they were exchanged.
  @discardableResult
  public final func exchangeAverages() -> Bool {
    guard iterations > 0, !averages.isEmpty else { return false }
    for (variable, average) in zip(variables, averages) {
      (variable.value, average.value) = (average.value, variable.value)
    }
    return true
  }

  /// Updates every variable that has a gradient.
  private func update(_ gradients: [Tensor?]) {
    let gradients = clipped(gradients)
    beginUpdate()
    for (index, gradient) in gradients.enumerated() {
      guard let gradient else { continue }
      if isDecayed[index], let decay = options.weightDecay {
        variables[index].decay(by: Float(decay), learningRate: learningRate)
      }
      update(variables[index], gradient: gradient, slots: slots[index])
    }
  }

  /// Clips the gradients.
  private func clipped(_ gradients: [Tensor?]) -> [Tensor?] {
    if let limit = options.clipvalue.map({ Float($0) }) {
      return gradients.map { $0?.clipped(to: -limit...limit) }
    }
    if let limit = options.clipnorm.map({ Float($0) }) {
      return gradients.map { gradient in
        gradient.map { $0 * limit / max($0.squaredNorm.squareRoot(), limit) }
      }
    }
    guard let limit = options.globalClipnorm else { return gradients }
    let norm = gradients.compactMap { $0?.squaredNorm }.reduce(0, +).squareRoot()
    // The difference is 0, or NaN if the norm is not finite: a NaN stops training, a wrong step
    // would not.
    let scale = Float(limit) * min(1 / norm, Float(1 / limit)) + (norm - norm)
    return gradients.map { gradient in gradient.map { $0 * scale } }
  }

  /// Updates the moving averages of the variables.
  private func updateAverages() {
    guard options.useEMA else { return }
    // The first average equals the variable.
    let momentum = updates == 0 ? 0 : Float(options.emaMomentum)
    for (variable, average) in zip(variables, averages) {
      average.average(with: variable, momentum: momentum)
    }
    if let frequency = options.emaOverwriteFrequency, (updates + 1).isMultiple(of: frequency) {
      finalizeVariableValues()
    }
  }
}

extension Tensor {
  /// The sum of the squares of the elements.
  fileprivate var squaredNorm: Float { (self * self).sum().scalar }
}

/// Stops the program unless a decay rate or a momentum is from 0 to 1.
func requireFraction(_ value: Double, _ argument: String, file: StaticString, line: UInt) {
  require(
    (0...1).contains(value), "`\(argument)` must be from 0 to 1, but is \(value).", file: file,
    line: line)
}
