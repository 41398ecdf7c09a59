import Preconditions

enum GradientTape {
  /// Whether reads of variables are recorded.
  @TaskLocal static var isRecording = false
}

/// Runs a computation and records it, so that gradients of its results can be computed.
///
/// ```swift
/// let loss = withGradientTape { crossEntropy(labels, model(images, training: true)) }
/// optimizer.apply(loss.gradients(), to: model.trainableVariables)
/// ```
///
/// - Parameters:
///   - file: The source file reported for an invalid argument in `body`; defaults to the caller's.
///   - line: The source line reported for an invalid argument in `body`; defaults to the caller's.
///   - body: The computation; operations on values of trainable variables are recorded.
/// - Returns: The result of `body`.
/// - Throws: The error of `body`.
public func withGradientTape<Result>(
  file: StaticString = #fileID, line: UInt = #line, _ body: () throws -> Result
) rethrows -> Result {
  try CallSite(file: file, line: line).track {
    try GradientTape.$isRecording.withValue(true, operation: body)
  }
}
