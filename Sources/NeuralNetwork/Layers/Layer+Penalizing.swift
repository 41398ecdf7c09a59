import Preconditions
import Tensors

/// Penalties on outputs: Keras's `activity_regularizer`.
///
/// Source: "Record activity regularizer loss" in keras/src/layers/layer.py;
/// `_handle_activity_regularization` in tf_keras/src/engine/base_layer.py.
extension Layer {
  /// Runs a call, and keeps the penalties on outputs in it if it is part of training and of no
  /// other call.
  ///
  /// - Parameters:
  ///   - given: The argument `training` of the call; `nil` inherits that of the enclosing call.
  ///   - call: The call, which receives the resolved value.
  /// - Returns: What `call` returns.
  final func collectingPenalties<Result>(
    _ given: Bool?, _ call: (_ training: Bool) -> Result
  ) -> Result {
    TrainingPhase.resolve(given) { training in
      guard training, OutputPenalties.current == nil else { return call(training) }
      forgetPenalties()
      let (result, penalty) = OutputPenalties.collect { call(training) }
      outputPenalty = penalty
      return result
    }
  }

  private func forgetPenalties() {
    outputPenalty = nil
    innerLayers.forEach { $0.forgetPenalties() }
  }

  /// Adds the penalty on outputs of the layer, if they have one and the call collects it.
  ///
  /// - Parameters:
  ///   - outputs: The outputs.
  ///   - batch: The number of examples if examples and steps are one axis; `nil` for the first
  ///     extent of each output.
  final func penalize(_ outputs: [Tensor], batch: Int? = nil) {
    guard let regularizer = outputRegularizer, let penalties = OutputPenalties.current else {
      return
    }
    for output in outputs {
      guard regularizer.isDefined(rank: batch == nil ? output.rank : 3) else {
        if let place = outputRegularizerPlace {
          fail(
            "An orthogonal regularizer needs outputs with two axes, but '\(name)' gave "
              + "\(output.shape).", file: place.file, line: place.line)
        }
        continue
      }
      // As in Keras, the penalty on no examples is 0.
      guard let count = batch ?? output.shape.first, count > 0 else { continue }
      penalties.add(regularizer(output) / Float(count))
    }
  }

  /// Whether a Keras generation gives the outputs another penalty than this layer has.
  ///
  /// `SimpleRNN` drops its `activity_regularizer` in Keras 3, `EinsumDense` in tf_keras.
  /// `MultiHeadAttention` penalizes its output in tf_keras, and its projections in Keras 3. The
  /// layer in `TimeDistributed` has no penalty in Keras 3, and the layers of a model in it one for
  /// each step; in tf_keras, penalties are divided by the number of steps, and those of a model
  /// count twice.
  ///
  /// - Parameter dialect: The Keras generation.
  /// - Returns: Whether it differs.
  final func penaltyDiffers(in dialect: KerasDialect) -> Bool {
    let isOther = penalizesAsKeras2 != (dialect == .keras2)
    switch self {
    case is SimpleRNN: return dialect != .keras2 && outputRegularizer != nil
    case is EinsumDense: return dialect == .keras2 && outputRegularizer != nil
    case is MultiHeadAttention: return isOther && outputRegularizer != nil
    case let layer as TimeDistributed: return isOther && layer.layer.hasOutputRegularizer
    case let layer as Bidirectional:
      return layer.forward.penaltyDiffers(in: dialect) || layer.backward.penaltyDiffers(in: dialect)
    default: return false
    }
  }

  /// Whether the layer or one in it has a regularizer of its outputs.
  private var hasOutputRegularizer: Bool {
    if outputRegularizer != nil { return true }
    if let layer = self as? Bidirectional {
      return layer.forward.hasOutputRegularizer || layer.backward.hasOutputRegularizer
    }
    return innerLayers.contains(where: \.hasOutputRegularizer)
  }
}
