public import JSON

extension Optimizer {
  /// Creates an optimizer from its Keras config, without its state.
  ///
  /// - Parameter kerasConfig: The config of Keras 3, tf_keras or Keras 2: a name such as `adam`, or
  ///   an object with `class_name` and `config`.
  /// - Returns: The optimizer.
  /// - Throws: ``KerasError/compilation(_:)`` if the class is not supported, or has an unsupported
  ///   option that would change the result.
  public static func make(kerasConfig: JSON) throws(KerasError) -> Optimizer {
    // Float32 needs no loss scaling.
    if let inner = kerasConfig.scaledOptimizer { return try make(kerasConfig: inner) }
    if let own = try CustomObjects.optimizer(kerasConfig) { return own }
    let reader = try OptionReader(kerasConfig, kind: "optimizer")
    guard let type = KerasRegistry.optimizer(named: reader.name) else {
      throw reader.unsupported(KerasRegistry.optimizers.map { $0.className })
    }
    let optimizer = try type.init(reader)
    if let rate = try reader.learningRate(default: optimizer.learningRate) {
      optimizer.replaceLearningRate(rate)
    }
    optimizer.options = try reader.optimizerOptions(default: optimizer.options)
    if optimizer.options.useEMA, reader.config["is_legacy_optimizer"] != nil {
      throw reader.problem("use_ema", "is true, and the averages of tf_keras begin differently")
    }
    try reader.refuseUnknown()
    return optimizer
  }
}

extension JSON {
  /// The config of the inner optimizer of a loss-scale optimizer; `nil` for other optimizers.
  ///
  /// With the policy `mixed_float16`, Keras wraps every optimizer in one, so that 16-bit gradients
  /// do not vanish.
  package var scaledOptimizer: JSON? {
    // `LossScaleOptimizerV3` and others in Keras 2.
    func isScaling(_ json: JSON) -> Bool {
      json["class_name"]?.string?.split(separator: ">").last?.hasPrefix("LossScaleOptimizer")
        == true
    }
    guard isScaling(self), let inner = self["config"]?["inner_optimizer"], !isScaling(inner) else {
      return nil
    }
    return inner
  }
}
