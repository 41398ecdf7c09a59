import HDF5
import NeuralNetwork
import Tensors

/// The mapping of a file's variables to an optimizer's state, found before any values are read.
struct OptimizerMatch {
  /// The number of steps.
  private(set) var iteration: StoredVariable?

  /// The learning rate, if the file contains it as a variable.
  private(set) var learningRate: StoredVariable?

  /// The variable of each slot of the optimizer, in Keras's order.
  ///
  /// It is empty for an optimizer without slots, and for one saved before its first step.
  private(set) var slots: [StoredVariable] = []

  /// The names of the slots in messages.
  private(set) var slotNames: [String] = []

  /// Whether the file contains a momentum for each variable but does not state whether it is used.
  ///
  /// Files of tf_keras contain them also for SGD without momentum.
  private(set) var ignoresMomentum = false

  /// Whether the file lacks all slots, which is valid only before the optimizer's first step.
  private(set) var isFresh = false

  /// Whether the shared slots are not in the file and must be derived from the number of steps.
  ///
  /// This is so for Nadam: tf_keras does not store the product of its momenta.
  private(set) var derivesSharedSlots = false

  /// All missing and unexpected variables, and those of another shape or type.
  private(set) var differences: [CheckpointError.Mismatch] = []

  /// Compares an optimizer with a file.
  ///
  /// - Parameters:
  ///   - optimizer: A built optimizer.
  ///   - shapes: The shapes of the trained variables.
  ///   - stored: The state in the file.
  ///   - config: The config of the optimizer in the file.
  init(
    _ optimizer: Optimizer, shapes: [[Int]], _ stored: StoredOptimizer, config: OptimizerConfig?
  ) {
    let slots = optimizer.slotsInKerasOrder.map { slot in
      ExpectedSlot(name: slot.name, shape: slot.shape.dimensions)
    }
    self.init(optimizer, wanted: slots, shapes: shapes, stored, config: config)
  }

  /// Compares an optimizer, which need not be built, with a file.
  ///
  /// - Parameters:
  ///   - optimizer: The optimizer.
  ///   - wanted: The current or future slots of the optimizer, in Keras's order.
  ///   - shapes: The shapes of the trained variables.
  ///   - stored: The state in the file.
  ///   - config: The config of the optimizer in the file.
  init(
    _ optimizer: Optimizer, wanted: [ExpectedSlot], shapes: [[Int]], _ stored: StoredOptimizer,
    config: OptimizerConfig?
  ) {
    let className = type(of: optimizer).className
    if let inFile = config?.className ?? stored.name.flatMap(KerasRegistry.optimizerClassName),
      inFile != className
    {
      differences.append(.optimizer(inModel: className, inFile: inFile))
      return
    }

    // RMSprop, Adagrad and Adadelta of Keras 2.0 to 2.2 do not store the number of steps.
    let hasIteration =
      !stored.isNamed || stored.variables.count != wanted.count
      || stored.variables.map(\.shape) != wanted.map(\.shape)
    let head = stored.variables.prefix(2)
    iteration = hasIteration ? head.first : nil
    // The iteration is followed by the learning rate, a scalar, unless it is a schedule or tf_keras
    // wrote the file.
    if hasIteration, head.count == 2, head[1].isScalar {
      let isSlot =
        wanted.first?.shape.isEmpty == true && stored.variables.count == wanted.count + 1
      let isNamedSo = VariableName(head[1].name).components.last == "learning_rate"
      if stored.isNamed ? isNamedSo : !isSlot { learningRate = head[1] }
    }
    if hasIteration {
      // Keras 2.0 stores the count as a 32-bit float.
      check(
        iteration, "optimizer/iteration", at: "\(stored.path)/0",
        isInteger: !(stored.isNamed && iteration?.isFloat == true))
    }
    if let learningRate {
      if optimizer.hasLearningRateVariable {
        check(learningRate, "optimizer/learning_rate", at: learningRate.path, isInteger: false)
      } else {
        differences.append(.unexpected(path: learningRate.path))
      }
    } else if optimizer.hasLearningRateVariable, config?.hasSchedule == true {
      differences.append(
        .missing(variable: "optimizer/learning_rate", path: "\(stored.path)/1"))
    }

    let offset = (hasIteration ? 1 : 0) + (learningRate == nil ? 0 : 1)
    let rest = Array(stored.variables.dropFirst(offset))
    if rest.isEmpty, !wanted.isEmpty, differences.isEmpty {
      isFresh = true
      return
    }
    // tf_keras stores a momentum for every variable, even without momentum.
    if wanted.isEmpty, className == "SGD", learningRate == nil, rest.map(\.shape) == shapes,
      config?.momentum ?? 0 == 0
    {
      ignoresMomentum = !rest.isEmpty && config == nil
      return
    }
    var wanted = wanted
    if wanted.last?.name == "u_product", rest.count == wanted.count - 1, learningRate == nil {
      wanted.removeLast()
      derivesSharedSlots = true
    }
    guard
      let ordered = stored.isNamed
        ? SlotOrder(
          rest, for: wanted, iteration: iteration?.name, kerasVersion: stored.kerasVersion
        ).variables : rest
    else {
      differences.append(.slotOrder(path: stored.path))
      return
    }
    for (index, slot) in wanted.enumerated() {
      let name = "optimizer/\(slot.name) (\(index + offset))"
      let variable = index < ordered.count ? ordered[index] : nil
      check(
        variable, name, at: "\(stored.path)/\(index + offset)", shape: slot.shape,
        isInteger: false)
      if let variable {
        slots.append(variable)
        slotNames.append(name)
      }
    }
    differences += ordered.dropFirst(wanted.count).map { .unexpected(path: $0.path) }
  }

  private mutating func check(
    _ variable: StoredVariable?, _ name: String, at path: String, shape: [Int] = [],
    isInteger: Bool
  ) {
    guard let variable else {
      differences.append(.missing(variable: name, path: path))
      return
    }
    if let difference = variable.difference(from: name, shape: shape, isInteger: isInteger) {
      differences.append(difference)
    }
  }
}
