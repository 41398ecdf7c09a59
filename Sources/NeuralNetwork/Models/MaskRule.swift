/// What becomes of the masks of a call, for forms that describe a model instead of running it: the
/// rules of ``Layer/computeMask(_:)``.
package enum MaskRule: Equatable {
  /// No mask.
  case none
  /// The layer makes a mask from the elements of its input.
  case made
  /// The mask of an input.
  case passed(input: Int)
  /// The steps that count in one of the inputs, all of which have masks.
  case anyInput
  /// The masks of the inputs, one after another; all steps of an input without a mask count.
  case joined
  /// The steps with anything that counts, of a mask with more axes.
  case anyInStep
}

extension Layer {
  /// The rule for the mask of the outputs of a call; beyond ``sequenceOutputCount`` they have none.
  ///
  /// - Parameters:
  ///   - maskRanks: The number of axes of each input's mask, without the batch axis; `nil` for an
  ///     input without a mask.
  ///   - inputRank: The number of axes of the first input, without the batch axis.
  /// - Returns: The rule.
  package func maskRule(maskRanks: [Int?], inputRank: Int) -> MaskRule {
    guard supportsMasking else { return .none }
    let areMasked = maskRanks.map { $0 != nil }
    func passed(_ input: Int) -> MaskRule { areMasked[input] ? .passed(input: input) : .none }
    switch self {
    case is Embedding: return .made
    case is Masking: return inputRank > 1 ? .made : .none
    case let layer as TimeDistributed:
      let hasMoreAxes = maskRanks[0].map { $0 > 1 } ?? false
      return hasMoreAxes && !layer.layer.passesMask ? .anyInStep : passed(0)
    case let layer as MultiHeadAttention:
      return passed(layer.arranged(Array(maskRanks.indices))[0])
    case let layer as Concatenate:
      guard areMasked.contains(true) else { return .none }
      let axis = layer.axis < 0 ? layer.axis + inputRank + 1 : layer.axis
      return axis == 1 ? .joined : areMasked.contains(false) ? .none : .anyInput
    case is Merge: return areMasked.contains(false) ? .none : .anyInput
    case is Softmax where maskRanks.count > 1: return .none
    case is BaseConvLSTM where passesMask:
      return (maskRanks[0] ?? 0) > 1 ? .anyInStep : passed(0)
    case is GlobalAveragePooling1D, is Dot: return .none
    default: return passesMask ? passed(0) : .none
    }
  }

  /// Whether a call computes with the masks of its inputs, instead of only passing them on.
  ///
  /// A ``TimeDistributed`` does if its layer does.
  package var usesMasks: Bool {
    switch self {
    case is BaseRecurrent, is BaseConvLSTM, is Bidirectional, is BaseAttention,
      is MultiHeadAttention, is GlobalAveragePooling1D:
      true
    default: false
    }
  }
}
