import NeuralNetwork
import Tensors

/// A slot that an optimizer keeps for a variable, told without making it.
package struct ExpectedSlot {
  /// What the slot is called, such as `momentum`.
  package let name: String

  /// Its extents.
  package let shape: [Int]

  /// The variable that it belongs to; nil for one that belongs to all of them.
  package var variable: String?
}

extension Optimizer {
  /// The slots that the optimizer will have, in the order of ``Optimizer/slotsInKerasOrder``.
  ///
  /// A file may describe a model of any size: nothing is made to find out what its optimizer keeps.
  ///
  /// - Parameter variables: The names and shapes of the variables that it trains.
  /// - Returns: The slots.
  package func expectedSlots(for variables: [(name: String, shape: [Int])]) -> [ExpectedSlot] {
    func slots(_ names: [String]) -> [ExpectedSlot] {
      variables.flatMap { variable in
        names.map { ExpectedSlot(name: $0, shape: variable.shape, variable: variable.name) }
      }
    }
    return (options.movingAverage == nil ? [] : slots(["average"]))
      + (options.gradientAccumulationSteps == nil ? [] : slots(["gradient_accumulator"]))
      + slotGroups.flatMap { slots($0) }
      + (variables.isEmpty ? [] : makeSharedSlots()).map {
        ExpectedSlot(name: $0.name, shape: $0.shape.dimensions)
      }
  }
}
