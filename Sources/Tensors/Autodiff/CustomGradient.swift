import Preconditions

/// Computes an operation with a custom gradient: TensorFlow's `tf.custom_gradient`.
///
/// ```swift
/// func binarized(_ x: Tensor) -> Tensor {
///   // The gradient of the identity, in place of that of a step, which is 0.
///   withCustomGradient(of: [x]) { inputs in (inputs[0].sign(), { gradient in [gradient] }) }
/// }
/// ```
///
/// - Parameters:
///   - inputs: The inputs of the operation.
///   - file: The source file reported for an invalid argument; defaults to the caller's.
///   - line: The source line reported for an invalid argument; defaults to the caller's.
///   - operation: Computes the output and its pullback from the inputs. The pullback maps the
///     gradient of the output to one gradient per input, of the input's shape. Neither is recorded;
///     variables get a gradient only if they are among the inputs.
/// - Returns: The output, recorded if any input is.
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
      A custom pullback must return one gradient of the shape of each input, \(shapes), but \
      returned \(gradients.map(\.shape)).
      """, file: file, line: line)
    return wanted.map { gradients[$0] }
  }
}
