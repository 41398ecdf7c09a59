import Preconditions

/// A learning rate that changes at certain steps only.
public struct PiecewiseConstantDecay: LearningRateSchedule {
  /// The last steps of all values but the last, ascending.
  public let boundaries: [Int]

  /// The learning rates, one more than there are boundaries.
  public let values: [Double]

  /// Creates a schedule.
  ///
  /// - Parameters:
  ///   - boundaries: The last steps of all values but the last, ascending; at least one.
  ///   - values: The learning rates, one more than there are boundaries.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
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

  /// The options, as Keras writes them.
  public var config: [String: JSON] {
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
  package init(_ reader: SettingsReader) throws(KerasError) {
    let (boundaries, values) = (try reader.numbers("boundaries"), try reader.numbers("values"))
    // Keras rounds boundaries down to the type of the step.
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
