/// Whether layers are being called to train them, as the outermost call of a layer says.
///
/// A layer that is called inside of another one without `training` takes the value of the call around
/// it, as in Keras.
enum TrainingPhase {
  @TaskLocal private static var isTraining = false

  /// Makes a call, during which calls without a value of their own have the value of this one.
  ///
  /// - Parameters:
  ///   - given: The value of the call; `nil` takes that of the call around it, which is `false` if
  ///     there is none.
  ///   - call: Receives the value.
  /// - Returns: What `call` returns.
  static func resolve<Result>(_ given: Bool?, _ call: (_ training: Bool) -> Result) -> Result {
    let outer = isTraining
    let training = given ?? outer
    // Nested calls mostly have the same value: they cost a look at it.
    guard training != outer else { return call(training) }
    return $isTraining.withValue(training) { call(training) }
  }
}
