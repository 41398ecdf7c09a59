extension BaseRecurrent {
  /// The options of initializers with Keras's defaults.
  static var kerasInitializers: [String: String] {
    [
      "kernel_initializer": "glorot_uniform", "recurrent_initializer": "orthogonal",
      "bias_initializer": "zeros",
    ]
  }
}
