import JSON
import NeuralNetwork

/// The config of the optimizer with which the model in a file was compiled.
struct OptimizerConfig {
  /// The name of the class in Keras.
  let className: String

  /// The learning rate, if it is a number.
  let learningRate: Double?

  /// Whether the learning rate is a schedule.
  let hasSchedule: Bool

  /// The momentum, if the config contains it.
  let momentum: Double?

  /// Reads the compile config of a model: `training_config` of an HDF5 file, or `compile_config` of
  /// an archive.
  init?(compiled config: JSON?) {
    guard let optimizer = config?["optimizer_config"] ?? config?["optimizer"] else { return nil }
    if let name = optimizer.string {
      guard let className = KerasRegistry.optimizerClassName(ofName: name) else { return nil }
      (self.className, learningRate, hasSchedule, momentum) = (className, nil, false, nil)
      return
    }
    // A loss-scaling optimizer contains the inner optimizer, with or without its class.
    let inner =
      optimizer["config"]?["inner_optimizer"].flatMap { $0["class_name"] == nil ? nil : $0 }
      ?? optimizer
    guard let name = inner["class_name"]?.string else { return nil }
    // `Custom>Adam` in files of tf_keras.
    className = name.split(separator: ">").last.map(String.init) ?? name
    let rate = inner["config"]?["learning_rate"] ?? inner["config"]?["lr"]
    learningRate = rate?.number
    hasSchedule = rate?.object != nil
    momentum = inner["config"]?["momentum"]?.number
  }
}
