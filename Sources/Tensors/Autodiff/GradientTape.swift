import Preconditions

enum GradientTape {
  /// Whether reading a variable starts a recording.
  @TaskLocal static var isRecording = false
}

/// Runs a computation so that gradients of its results can be taken.
///
///     let loss = withGradientTape { crossEntropy(labels, model(images, training: true)) }
///     optimizer.apply(loss.gradients(), to: model.trainableVariables)
///
/// - Parameters:
///   - file: The file that a mistake in `body` is reported at; by default the caller's.
///   - line: The line that a mistake in `body` is reported at; by default the caller's.
///   - body: The computation; what it reads from trainable variables is recorded.
/// - Returns: What `body` returns.
/// - Throws: What `body` throws.
public func withGradientTape<Result>(
  file: StaticString = #fileID, line: UInt = #line, _ body: () throws -> Result
) rethrows -> Result {
  try CallSite(file: file, line: line).track {
    try GradientTape.$isRecording.withValue(true, operation: body)
  }
}
