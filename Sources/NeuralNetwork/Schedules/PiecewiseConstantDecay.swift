public import JSON
import Preconditions

/// A piecewise constant learning rate, which changes only at given steps.
///
/// ```swift
/// let schedule = PiecewiseConstantDecay(boundaries: [1000, 2000], values: [0.1, 0.01, 0.001])
/// let rates = [1000, 1001, 2001].map { schedule($0) }  // 0.1, 0.01, 0.001
/// ```
public struct PiecewiseConstantDecay: LearningRateSchedule {
  /// The last step of each value except the last one, in ascending order.
  public let boundaries: [Int]

  /// The learning rates, one more than the boundaries.
  public let values: [Double]

  /// Creates a schedule.
  ///
  /// - Parameters:
  ///   - boundaries: The last step of each value except the last one, in ascending order; at least
  ///     one.
  ///   - values: The learning rates, one more than the boundaries.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(boundaries: [Int], values: [Double], file: StaticString = #fileID, line: UInt = #line)
  {
    require(
      !boundaries.isEmpty && values.count == boundaries.count + 1,
      """
      PiecewiseConstantDecay: `boundaries` must not be empty and `values` must have one more, but \
      there are \(boundaries.count) and \(values.count).
      """, file: file, line: line)
    require(
      boundaries == boundaries.sorted(),
      "PiecewiseConstantDecay: `boundaries` must be in ascending order, but are \(boundaries).",
      file: file, line: line)
    self.boundaries = boundaries
    self.values = values
  }

  /// The config in Keras's form.
  public var config: JSON.Object {
    [
      "boundaries": .array(boundaries.map { .integer($0) }),
      "values": .array(values.map { .number($0) }), "name": .string("PiecewiseConstant"),
    ]
  }

  /// Computes the learning rate of a step.
  public func callAsFunction(_ step: Int) -> Float {
    Float(values[boundaries.count { $0 < step }])
  }
}

extension PiecewiseConstantDecay: KerasSchedule {
  /// Creates a schedule with the options of a file.
  package init(_ reader: OptionReader) throws(KerasError) {
    let (boundaries, values) = (try reader.numbers("boundaries"), try reader.numbers("values"))
    // Keras truncates boundaries to the integer type of the step.
    let steps = boundaries.compactMap { Int(exactly: $0.rounded(.towardZero)) }
    guard steps.count == boundaries.count, !steps.isEmpty, steps == steps.sorted() else {
      throw reader.problem("boundaries", "is not an ascending list of steps")
    }
    guard values.count == steps.count + 1 else {
      throw reader.problem("values", "does not have one element more than 'boundaries'")
    }
    self.init(boundaries: steps, values: values)
  }
}
