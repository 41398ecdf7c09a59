import NeuralNetwork
import Ranks
import Tensors

/// An optimizer whose work is divided among the processes of a job.
///
/// Each process has the slots of its part of every large variable, and updates that part; then the
/// processes exchange the new values instead of the sums of the gradients. So the update takes each
/// of N processes an N-th of the time, and no byte more is sent. As the update rules work element
/// by element, the bits are those of an optimizer that is not divided.
///
/// Source: S. Rajbhandari et al., *ZeRO*, SC 2020 (stage 1, optimizer state partitioning).
final class DividedOptimizer {
  /// The variables of which each process updates a part.
  let divided: [DividedVariable]

  /// The optimizer of the run, whose slots are up to date after ``gatherState()``.
  private let whole: Optimizer
  /// The optimizer of the parts, and of the other variables.
  private let own: Optimizer
  private let exchange: PartExchange
  /// The variables of `own`, and the divided ones among them.
  private let parts: [(variable: Variable, divided: DividedVariable?)]

  /// Whether `whole` has the state of the last step.
  private(set) var isGathered = true

  /// Divides an optimizer that is built; `nil` if it has no large variable, or an option that needs
  /// all elements.
  ///
  /// - Parameters:
  ///   - whole: The optimizer, with the same state in all processes.
  ///   - variables: Its variables.
  ///   - batchSize: The number of examples in the largest batch. The gradients of kernels whose
  ///     factors are exchanged are known to every process, so that these are not divided.
  ///   - communicator: The processes.
  init?(
    _ whole: Optimizer, of variables: [Variable], batchSize: Int, over communicator: Communicator
  ) {
    let options = whole.options
    guard communicator.size > 1, options.clipnorm == nil, options.globalClipnorm == nil,
      !options.useEMA, options.gradientAccumulationSteps == nil,
      let own = try? OptimizerSettings(of: whole)?.makeOptimizer()
    else { return nil }
    parts = variables.map { variable in
      guard GradientSum.exchangesSum(of: variable, batchSize: batchSize) else {
        return (variable, nil)
      }
      let divided = DividedVariable(variable, over: communicator)
      return (divided.part, divided)
    }
    divided = parts.compactMap(\.divided)
    guard !divided.isEmpty else { return nil }
    (self.whole, self.own) = (whole, own)
    exchange = PartExchange(divided, over: communicator)
    own.build(for: parts.map(\.variable))
    for (index, part) in parts.enumerated() {
      for (slot, all) in zip(own.slots[index], whole.slots[index]) {
        slot.value = part.divided?.ownPart(of: all.value) ?? all.value
      }
    }
    for (slot, all) in zip(own.sharedSlots, whole.sharedSlots) { slot.value = all.value }
  }

  /// Takes a step, as all processes do.
  ///
  /// - Parameter gradients: The gradients of the whole batch; of a divided variable, that of its
  ///   part.
  /// - Throws: ``RankError`` if the processes cannot exchange the new values.
  func apply(_ gradients: Gradients) throws(RankError) {
    isGathered = false
    own.iterations = whole.iterations
    if own.hasLearningRateVariable { own.learningRate = whole.learningRate }
    own.apply(gradients, to: parts.map(\.variable))
    whole.iterations += 1
    try exchange.join { gradients[$0.part] != nil }
    for divided in divided {
      if let constraint = divided.whole.constraint {
        divided.whole.value = constraint(divided.whole.value)
        divided.part.value = divided.ownPart(of: divided.whole.value)
      }
    }
  }

  /// Gives the optimizer of the run the state of all processes, as all of them do before a save.
  ///
  /// - Throws: ``RankError`` if the processes cannot exchange it.
  func gatherState() throws(RankError) {
    guard !isGathered else { return }
    for (index, part) in parts.enumerated() {
      for (slot, all) in zip(own.slots[index], whole.slots[index]) {
        if let divided = part.divided {
          try divided.join(slot.value, in: all)
        } else {
          all.value = slot.value
        }
      }
    }
    for (slot, all) in zip(own.sharedSlots, whole.sharedSlots) { all.value = slot.value }
    isGathered = true
  }
}
