import HDF5
import NeuralNetwork
import Tensors

/// Which variable of a file is which part of an optimizer's state, found before any number is read.
struct OptimizerMatch {
  /// The number of steps.
  private(set) var iteration: StoredVariable?

  /// The learning rate, if the file has it as a variable.
  private(set) var learningRate: StoredVariable?

  /// For each slot of the optimizer, in Keras's order, the variable of the file.
  ///
  /// Empty for an optimizer without slots, and for one that was saved before its first step.
  private(set) var slots: [StoredVariable] = []

  /// What the slots are called in messages.
  private(set) var slotNames: [String] = []

  /// Whether the file has a momentum for each variable and does not say whether it is used: tf_keras
  /// makes them for SGD without momentum too.
  private(set) var ignoresMomentum = false

  /// Whether the file has only the head of an optimizer that has slots: it must not have stepped.
  private(set) var isFresh = false

  /// Whether what the optimizer keeps for all variables together is not in the file, and follows from
  /// the number of steps: tf_keras does not keep the product of Nadam's momenta.
  private(set) var derivesSharedSlots = false

  /// Everything that is missing, too many, or of another shape or type.
  private(set) var differences: [CheckpointError.Mismatch] = []

  /// Compares an optimizer with a file.
  ///
  /// - Parameters:
  ///   - optimizer: An optimizer that is built.
  ///   - shapes: The shapes of the variables that it trains.
  ///   - stored: Its state in the file.
  ///   - config: What the file says about it, in Keras's words.
  init(
    _ optimizer: Optimizer, shapes: [[Int]], _ stored: StoredOptimizer, config: OptimizerConfig?
  ) {
    let slots = optimizer.slotsInKerasOrder.map { slot in
      ExpectedSlot(name: slot.name, shape: slot.shape.dimensions)
    }
    self.init(optimizer, wanted: slots, shapes: shapes, stored, config: config)
  }

  /// Compares an optimizer that need not be built with a file.
  ///
  /// - Parameters:
  ///   - optimizer: The optimizer.
  ///   - wanted: The slots that it has, or will have, in Keras's order.
  ///   - shapes: The shapes of the variables that it trains.
  ///   - stored: Its state in the file.
  ///   - config: What the file says about it, in Keras's words.
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

    // RMSprop and Adagrad of Keras 2.0 to 2.2 do not keep the number of steps.
    let hasIteration =
      !stored.isNamed || stored.variables.count != wanted.count
      || stored.variables.map(\.shape) != wanted.map(\.shape)
    let head = stored.variables.prefix(2)
    iteration = hasIteration ? head.first : nil
    // After the iteration comes the learning rate, a scalar, unless it is a schedule or the file is
    // one of tf_keras's.
    if hasIteration, head.count == 2, head[1].isScalar {
      let isSlot =
        wanted.first?.shape.isEmpty == true && stored.variables.count == wanted.count + 1
      let isNamedSo = VariableName(head[1].name).components.last == "learning_rate"
      if stored.isNamed ? isNamedSo : !isSlot { learningRate = head[1] }
    }
    if hasIteration {
      // Keras 2.0 counts in 32-bit floats.
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
    // tf_keras makes a momentum for every variable, whether there is momentum or not.
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
