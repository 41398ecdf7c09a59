public import Tensors

/// Changes variables so that a loss becomes smaller.
///
/// The rules, the defaults and the order of the state are those of Keras 3. An optimizer belongs to
/// the variables of its first step: it keeps slots for each of them.
open class Optimizer {
  /// What the optimizer is called in files, such as `adam`.
  public let name: String

  /// How large a step is.
  ///
  /// Keras keeps it as a 32-bit float, and so do files.
  public final var learningRate: Float

  /// How many steps have been taken.
  public final var iterations: Int = 0

  /// The slots of each variable, in the order of ``slotNames``; empty before the first step.
  public private(set) final var slots: [[Variable]] = []

  private var variables: [ObjectIdentifier] = []

  /// Creates an optimizer.
  ///
  /// - Parameters:
  ///   - learningRate: How large a step is, more than 0.
  ///   - name: What the optimizer is called in files.
  init(learningRate: Float, name: String) {
    precondition(learningRate > 0, "a learning rate is more than 0, not \(learningRate)")
    self.learningRate = learningRate
    self.name = name
  }

  /// The name of the class in Keras.
  open class var className: String { "\(self)" }

  /// The options, as Keras writes them.
  open var config: [String: JSON] {
    ["name": .string(name), "learning_rate": .number(learningRate)]
  }

  /// What the optimizer keeps for each variable, in Keras's order: the slots of one group are
  /// interleaved, variable by variable, and one group follows the other.
  open var slotGroups: [[String]] { [] }

  /// Whether the slots have been created.
  public final var isBuilt: Bool { !variables.isEmpty }

  /// The names of the slots of a variable.
  public final var slotNames: [String] { slotGroups.flatMap { $0 } }

  /// Takes a step for one variable.
  ///
  /// - Parameters:
  ///   - variable: What is changed.
  ///   - gradient: The gradient, of the variable's shape.
  ///   - slots: The variable's slots, in the order of ``slotNames``.
  open func update(_ variable: Variable, gradient: Tensor, slots: [Variable]) {
    preconditionFailure("\(Self.className) does not override update(_:gradient:slots:)")
  }

  /// Creates the slots, all zero, if they are not there yet.
  ///
  /// - Parameter variables: The variables that will be trained.
  /// - Precondition: If there are slots, they are those of the same variables.
  public final func build(for variables: [Variable]) {
    let identities = variables.map(ObjectIdentifier.init)
    if !isBuilt {
      self.variables = identities
      slots = variables.map { variable in
        slotNames.map { Variable(Tensor(zeros: variable.shape), name: $0, isTrainable: false) }
      }
    }
    precondition(
      self.variables == identities, "an optimizer stays with the variables of its first step")
  }

  /// Takes a step: changes each variable that has a gradient.
  ///
  /// - Parameters:
  ///   - gradients: The gradients of the loss.
  ///   - variables: The variables, always the same ones in the same order.
  public final func apply(_ gradients: Gradients, to variables: [Variable]) {
    build(for: variables)
    for (variable, slots) in zip(variables, slots) {
      guard let gradient = gradients[variable] else { continue }
      update(variable, gradient: gradient, slots: slots)
    }
    iterations += 1
  }

  /// The slots of all variables in the order of Keras's `optimizer.variables`, after the head of
  /// iteration and learning rate.
  public final var slotsInKerasOrder: [Variable] {
    var first = 0
    return slotGroups.flatMap { group in
      defer { first += group.count }
      return slots.flatMap { $0[first..<first + group.count] }
    }
  }
}
