import NeuralNetwork

/// What Keras calls the layers and variables that a file gives numbers only.
enum KerasNames {
  /// The classes of layers that a key such as `conv2d_1` can stand for.
  private static let classes: [String: String] = Dictionary(
    uniqueKeysWithValues: [
      "Activation", "AveragePooling1D", "AveragePooling2D", "BatchNormalization", "Bidirectional",
      "Concatenate", "Conv1D", "Conv2D", "Conv2DTranspose", "Conv3D", "Dense", "DepthwiseConv2D",
      "Dropout", "ELU", "Embedding", "Flatten", "Functional", "GRU", "GRUCell",
      "GlobalAveragePooling2D", "GlobalMaxPooling2D", "GroupNormalization", "InputLayer", "LSTM",
      "LSTMCell", "LayerNormalization", "LeakyReLU", "MaxPooling1D", "MaxPooling2D",
      "MultiHeadAttention", "Normalization", "PReLU", "ReLU", "Rescaling", "Reshape",
      "SeparableConv2D", "Sequential", "SimpleRNN", "SimpleRNNCell", "Softmax",
      "SpatialDropout2D", "TimeDistributed", "UpSampling2D", "ZeroPadding2D",
    ].map { ($0.snakeCased, $0) })

  /// The classes of optimizers that a name such as `rm_sprop` can stand for.
  private static let optimizers: [String: String] = Dictionary(
    uniqueKeysWithValues: [
      "Adadelta", "Adafactor", "Adagrad", "Adam", "AdamW", "Adamax", "Ftrl", "Lion",
      "LossScaleOptimizer", "Nadam", "RMSprop", "SGD",
    ].map { ($0.snakeCased, $0) })

  /// The class that Keras names `key` after: `Conv2D` for `conv2d` and `conv2d_1`.
  static func className(ofLayer key: String) -> String? { classes[withoutCounter(key)] }

  /// The class of the optimizer that Keras names `name`.
  static func className(ofOptimizer name: String) -> String? { optimizers[withoutCounter(name)] }

  /// The names of the variables of a layer, in Keras's order; numbers where that is not certain.
  static func variables(ofClass className: String?, count: Int) -> [String] {
    let names: [String] =
      switch className {
      case "Dense", "Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose", "DepthwiseConv2D":
        ["kernel", "bias"]
      case "SeparableConv2D": ["depthwise_kernel", "pointwise_kernel", "bias"]
      case "BatchNormalization": ["gamma", "beta", "moving_mean", "moving_variance"]
      case "LayerNormalization", "GroupNormalization": ["gamma", "beta"]
      case "Embedding": ["embeddings"]
      case "PReLU": ["alpha"]
      case "LSTMCell", "GRUCell", "SimpleRNNCell": ["kernel", "recurrent_kernel", "bias"]
      case "Normalization": ["mean", "variance", "count"]
      default: []
      }
    // The bias comes last and is the one that options may leave out.
    let isKnown = count == names.count || (names.last == "bias" && count == names.count - 1)
    return isKnown ? Array(names.prefix(count)) : (0..<count).map { "\($0)" }
  }

  /// The names of the optimizer's variables, in Keras's order; numbers where that is not certain.
  static func optimizerVariables(
    _ variables: [VariableReport], className: String?, model: [VariableReport]
  ) -> [String] {
    let trained = model.filter { variable in
      !["moving_mean", "moving_variance"].contains { variable.name.hasSuffix("/\($0)") }
    }
    var names = variables.indices.map { "\($0)" }
    guard variables.count >= 2, variables[0].count == 1, variables[1].count == 1,
      variables[0].elementType == "int64", variables[1].elementType == "float32"
    else { return names }
    (names[0], names[1]) = ("iteration", "learning_rate")

    let slots: [(name: String, shape: [Int])]
    switch className {
    case "Adam", "AdamW":
      slots = trained.flatMap { variable in
        ["momentum", "velocity"].map { ("\(variable.name)/\($0)", variable.shape) }
      }
    case "SGD": slots = trained.map { ("\($0.name)/momentum", $0.shape) }
    case "RMSprop": slots = trained.map { ("\($0.name)/velocity", $0.shape) }
    case "Adagrad": slots = trained.map { ("\($0.name)/accumulator", $0.shape) }
    default: return names
    }
    guard slots.map(\.shape) == variables.dropFirst(2).map(\.shape) else { return names }
    names.replaceSubrange(2..., with: slots.map(\.name))
    return names
  }

  /// `dense` for `dense_12`.
  private static func withoutCounter(_ name: String) -> String {
    guard let underscore = name.lastIndex(of: "_") else { return name }
    let counter = name[underscore...].dropFirst()
    let isCounter = !counter.isEmpty && counter.allSatisfy { ("0"..."9").contains($0) }
    return isCounter ? String(name[..<underscore]) : name
  }
}
