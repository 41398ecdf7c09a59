extension Optimizer {
  /// Makes an optimizer from its Keras configuration, without its state.
  ///
  /// - Parameter kerasConfig: What Keras 3, tf_keras or Keras 2 wrote: a name such as `adam`, or an
  ///   object with `class_name` and `config`.
  /// - Returns: An optimizer that has not taken a step.
  /// - Throws: ``KerasError/compilation(_:)`` if the class is not supported, or an option that would
  ///   change the result.
  public static func make(kerasConfig: JSON) throws(KerasError) -> Optimizer {
    // In 32 bits nothing has to be scaled.
    if let inner = kerasConfig.scaledOptimizer { return try make(kerasConfig: inner) }
    if let own = try CustomObjects.optimizer(kerasConfig) { return own }
    let reader = try SettingsReader(kerasConfig, kind: "optimizer")
    guard let type = KerasRegistry.optimizer(named: reader.className) else {
      throw reader.unsupported(KerasRegistry.optimizers.map { $0.className })
    }
    let optimizer = try type.init(reader)
    if optimizer.options.movingAverage != nil, reader.value("is_legacy_optimizer") != nil {
      throw reader.problem("use_ema", "is true, and the averages of tf_keras begin differently")
    }
    try reader.checkAllWereRead(but: ["name", "jit_compile", "is_legacy_optimizer"])
    return optimizer
  }
}

extension JSON {
  /// The configuration of the optimizer inside, if this is that of one that scales the loss so that
  /// gradients of 16 bits do not vanish: Keras puts it around every optimizer if `mixed_float16` is
  /// its policy.
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
