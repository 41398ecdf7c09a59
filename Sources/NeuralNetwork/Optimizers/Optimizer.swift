import Preconditions
public import Tensors

/// Changes variables so that a loss becomes smaller.
///
/// The rules, the defaults and the order of the state are those of Keras 3. An optimizer belongs to
/// the variables of its first step: it keeps slots for each of them. A subclass is a rule; what all
/// rules have in common (``OptimizerOptions``) is done here.
///
/// To write a rule, name its slots and override ``update(_:gradient:slots:)``. The slots are saved with the
/// model and restored, and ``CustomObjects`` makes the optimizer of a file.
///
///     /// Gradient descent with the sign of a running mean.
///     final class Lion: Optimizer {
///       init(learningRate: Float = 1e-4) { super.init(learningRate: learningRate) }
///       override var slotGroups: [[String]] { [["momentum"]] }
///
///       override func update(_ variable: Variable, gradient: Tensor, slots: [Variable]) {
///         let mean = slots[0].value
///         variable.value = variable.value - (mean * 0.9 + gradient * 0.1).sign() * learningRate
///         slots[0].value = mean * 0.99 + gradient * 0.01
///       }
///     }
open class Optimizer {
  /// What the optimizer is called in files, such as `adam`.
  public let name: String

  /// What is done beside the rule.
  public let options: OptimizerOptions

  /// How many steps have been taken, those included that only accumulated gradients.
  ///
  /// This is the first variable in Keras's files; Keras's property `iterations` counts updates, see
  /// ``updates``.
  public final var iterations: Int = 0

  /// The slots of each variable, in the order of ``slotNames``; empty before the first step.
  public private(set) final var slots: [[Variable]] = []

  /// The moving average of each variable, if averages are kept.
  public private(set) final var averages: [Variable] = []

  /// The sum of gradients of each variable since the last update, if gradients are accumulated.
  public private(set) final var accumulatedGradients: [Variable] = []

  /// What the rule keeps for all variables together.
  public private(set) final var sharedSlots: [Variable] = []

  private var constantLearningRate: Float
  private var variables: [Variable] = []
  private var isDecayed: [Bool] = []
  private var excludedFromDecay: (variables: Set<ObjectIdentifier>, names: [String]) = ([], [])

  /// Creates an optimizer.
  ///
  /// - Parameters:
  ///   - learningRate: The learning rate, greater than 0.
  ///   - options: Options common to all optimizers: schedule, clipping, weight decay, EMA, gradient
  ///     accumulation; all are off by default.
  ///   - name: The name of the optimizer in files; by default that of the class in Keras's manner.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
  public init(
    learningRate: Float, options: OptimizerOptions = OptimizerOptions(), name: String? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    require(
      learningRate > 0,
      "`learningRate` must be greater than 0, but is \(learningRate).", file: file, line: line)
    options.check(file: file, line: line)
    self.constantLearningRate = learningRate
    self.options = options
    self.name = name ?? Self.className.snakeCased
  }

  /// The name of the class in Keras.
  open class var className: String { "\(self)" }

  /// The options, as Keras writes them; those that differ from the default, and the main ones.
  open var config: [String: JSON] {
    var config = options.config
    config["name"] = .string(name)
    config["learning_rate"] = schedule.map(\.kerasConfig) ?? .number(constantLearningRate)
    return config
  }

  // MARK: - Learning rate

  /// How the learning rate changes from step to step; `nil` if it is a number that is kept.
  public final var schedule: (any LearningRateSchedule)? { options.schedule }

  /// Whether the learning rate is a variable, and so is in files; it is not if there is a schedule.
  public final var hasLearningRateVariable: Bool { schedule == nil }

  /// How large the next step is.
  ///
  /// Keras keeps it as a 32-bit float, and so do files.
  ///
  /// - Precondition: It is not set if there is a schedule.
  public final var learningRate: Float {
    get { schedule?(iterations) ?? constantLearningRate }
    set {
      require(
        hasLearningRateVariable, "`learningRate` cannot be set: the optimizer has a schedule.")
      constantLearningRate = newValue
    }
  }

  /// How many updates of the variables have been done: fewer than ``iterations`` if gradients are
  /// accumulated.
  public final var updates: Int { iterations / (options.gradientAccumulationSteps ?? 1) }

  // MARK: - State

  /// What the optimizer keeps for each variable, in Keras's order: the slots of one group are
  /// interleaved, variable by variable, and one group follows the other.
  open var slotGroups: [[String]] { [] }

  /// The names of the slots of a variable.
  public final var slotNames: [String] { slotGroups.flatMap { $0 } }

  /// What a slot holds before the first update, in every element.
  ///
  /// - Parameter name: The name of the slot.
  /// - Returns: The value; by default 0.
  open func initialValue(of name: String) -> Float { 0 }

  /// Makes what the rule keeps for all variables together; by default nothing.
  open func makeSharedSlots() -> [Variable] { [] }

  /// Computes what the rule keeps for all variables together from the number of steps, for files that do
  /// not hold it; by default does nothing.
  package func deriveSharedSlots() {}

  /// Whether the slots have been created.
  public final var isBuilt: Bool { !variables.isEmpty }

  /// Creates the slots, if they are not there yet.
  ///
  /// - Parameter variables: The variables that will be trained.
  /// - Precondition: If there are slots, they are those of the same variables.
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
      if options.movingAverage != nil { averages = zeros("average") }
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

  /// The slots of all variables in the order of Keras's `optimizer.variables`, after the head of
  /// iteration and learning rate.
  public final var slotsInKerasOrder: [Variable] {
    var first = 0
    let own = slotGroups.flatMap { group in
      defer { first += group.count }
      return slots.flatMap { $0[first..<first + group.count] }
    }
    return averages + accumulatedGradients + own + sharedSlots
  }

  /// Keeps variables from weight decay.
  ///
  /// Like Keras's `exclude_from_weight_decay`, this is not written into files.
  ///
  /// - Parameters:
  ///   - variables: Variables that do not decay.
  ///   - names: Parts of names; a variable whose name has one in it does not decay.
  /// - Precondition: The optimizer has not been built.
  public final func excludeFromWeightDecay(variables: [Variable] = [], names: [String] = []) {
    require(
      !isBuilt, "`excludeFromWeightDecay` must be called before the first step of the optimizer.")
    excludedFromDecay = (Set(variables.map(ObjectIdentifier.init)), names)
  }

  // MARK: - Steps

  /// Prepares an update of all variables; by default does nothing.
  open func beginUpdate() {}

  /// Takes a step for one variable: sets its value, and those of its slots.
  ///
  /// The learning rate of the step is ``learningRate``, and ``updates`` counts from 0. Clipping, weight
  /// decay and accumulation have been done before, averages follow.
  ///
  /// - Parameters:
  ///   - variable: What is changed.
  ///   - gradient: The gradient, of the variable's shape.
  ///   - slots: The variable's slots, in the order of ``slotNames``.
  open func update(_ variable: Variable, gradient: Tensor, slots: [Variable]) {
    fail("\(Self.className) must override `update(_:gradient:slots:)`.")
  }

  /// Takes a step: changes each variable that has a gradient.
  ///
  /// - Parameters:
  ///   - gradients: The gradients of the loss.
  ///   - variables: The variables, always the same ones in the same order.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
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
    iterations += 1
  }

  /// Sets the variables to their moving averages, if averages are kept.
  ///
  /// `Model.fit` does this at its end, as Keras does.
  public final func finalizeVariableValues() {
    for (variable, average) in zip(variables, averages) { variable.value = average.value }
  }

  /// Changes each variable that has a gradient.
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

  /// Makes gradients smaller that are too large.
  private func clipped(_ gradients: [Tensor?]) -> [Tensor?] {
    switch options.clipping {
    case nil:
      return gradients
    case .value(let limit):
      let limit = Float(limit)
      return gradients.map { $0?.clipped(to: -limit...limit) }
    case .norm(let limit):
      let limit = Float(limit)
      return gradients.map { gradient in
        gradient.map { $0 * limit / max($0.squaredNorm.squareRoot(), limit) }
      }
    case .globalNorm(let limit):
      let norm = gradients.compactMap { $0?.squaredNorm }.reduce(0, +).squareRoot()
      // The difference is 0, or a NaN if the norm is not finite: no step is better than a wrong one.
      let scale = Float(limit) * min(1 / norm, Float(1 / limit)) + (norm - norm)
      return gradients.map { gradient in gradient.map { $0 * scale } }
    }
  }

  /// Moves the averages towards the variables.
  private func updateAverages() {
    guard let settings = options.movingAverage else { return }
    // The first average is the variable itself.
    let momentum = updates == 0 ? 0 : Float(settings.momentum)
    for (variable, average) in zip(variables, averages) {
      average.average(with: variable, momentum: momentum)
    }
    if let frequency = settings.overwriteFrequency, (updates + 1).isMultiple(of: frequency) {
      finalizeVariableValues()
    }
  }
}

extension Tensor {
  /// The sum of the squares of the elements.
  fileprivate var squaredNorm: Float { (self * self).sum().scalar }
}
