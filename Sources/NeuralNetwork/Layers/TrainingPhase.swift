/// The `training` argument of the enclosing layer call, for calls without one.
///
/// A nested call without `training` inherits the value of the enclosing call, as in Keras.
enum TrainingPhase {
  @TaskLocal private static var isTraining = false

  /// Runs a closure during which nested calls inherit the value.
  ///
  /// - Parameters:
  ///   - given: The argument of the call; `nil` inherits the value of the enclosing call, or
  ///     `false` without one.
  ///   - call: The closure, which receives the resolved value.
  /// - Returns: What `call` returns.
  static func resolve<Result>(_ given: Bool?, _ call: (_ training: Bool) -> Result) -> Result {
    let outer = isTraining
    let training = given ?? outer
    // Nested calls usually have the same value: avoid binding the task-local again.
    guard training != outer else { return call(training) }
    return $isTraining.withValue(training) { call(training) }
  }
}
