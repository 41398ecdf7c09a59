import Preconditions

/// Computes an operation of your own, with your gradient: TensorFlow's `tf.custom_gradient`.
///
///     /// A step that passes gradients on as if it were the identity.
///     func binarized(_ x: Tensor) -> Tensor {
///       withCustomGradient(of: [x]) { inputs in
///         (inputs[0].sign(), { gradient in [gradient] })
///       }
///     }
///
/// - Parameters:
///   - inputs: What the operation is computed from.
///   - file: The file that a mistake is reported at; by default the caller's.
///   - line: The line that a mistake is reported at; by default the caller's.
///   - operation: Receives the inputs and returns the output and its pullback, which turns the gradient
///     of the output into one for each input, of its shape. Neither is recorded; variables that the
///     operation reads get no gradient unless they are among the inputs.
/// - Returns: The output, recorded if one of the inputs is.
public func withCustomGradient(
  of inputs: [Tensor], file: StaticString = #fileID, line: UInt = #line,
  _ operation: ([Tensor]) -> (output: Tensor, pullback: @Sendable (Tensor) -> [Tensor])
) -> Tensor {
  let shapes = inputs.map(\.shape)
  let (output, pullback) = CallSite(file: file, line: line).track {
    GradientTape.$isRecording.withValue(false) { operation(inputs.map(\.withoutGradient)) }
  }
  return output.withoutGradient.computed(together: inputs) { gradient, wanted in
    let gradients = GradientTape.$isRecording.withValue(false) { pullback(gradient) }
    require(
      gradients.map(\.shape) == shapes,
      """
      A custom pullback must return one gradient of the shape of each input, \(shapes), but returned \
      \(gradients.map(\.shape)).
      """, file: file, line: line)
    return wanted.map { gradients[$0] }
  }
}
