import NeuralNetwork
import Tensors

/// A description of an optimizer's slot, without its values.
struct ExpectedSlot {
  /// The name of the slot, such as `momentum`.
  let name: String

  /// The extents of the slot.
  let shape: [Int]

  /// The variable of the slot; `nil` for a slot shared by all variables.
  var variable: String?
}

extension Optimizer {
  /// The slots that the optimizer will have, in the order of ``Optimizer/slotsInKerasOrder``.
  ///
  /// No slots of variables are allocated, because a file may describe a model of any size.
  ///
  /// - Parameter variables: The names and shapes of the trained variables.
  /// - Returns: The slots.
  func expectedSlots(for variables: [(name: String, shape: [Int])]) -> [ExpectedSlot] {
    func slots(_ names: [String]) -> [ExpectedSlot] {
      variables.flatMap { variable in
        names.map { ExpectedSlot(name: $0, shape: variable.shape, variable: variable.name) }
      }
    }
    return (options.useEMA ? slots(["average"]) : [])
      + (options.gradientAccumulationSteps == nil ? [] : slots(["gradient_accumulator"]))
      + slotGroups.flatMap { slots($0) }
      + (variables.isEmpty ? [] : makeSharedSlots()).map {
        ExpectedSlot(name: $0.name, shape: $0.shape.dimensions)
      }
  }
}
