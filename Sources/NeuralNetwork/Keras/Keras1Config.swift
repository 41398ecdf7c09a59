import JSON

/// Translation of Keras 1 configs to Keras 2.
///
/// Source: `keras/legacy/interfaces.py` and `preprocess_weights_for_loading` of Keras 2, which read
/// them.
enum Keras1Config {
  /// Translates the config of a model to Keras 2.
  ///
  /// - Parameter json: The `model_config` of a file of Keras 1.
  /// - Returns: The config of the same model in Keras 2.
  /// - Throws: ``KerasError`` if a layer has an option that Keras 2 dropped.
  static func translated(_ json: JSON) throws(KerasError) -> JSON {
    guard var object = json.object else { return json }
    let className = json["class_name"]?.string ?? ""
    switch className {
    case "Sequential":
      guard let layers = json["config"]?.array ?? json["config"]?["layers"]?.array else { break }
      object["config"] = .array(try layers.mapped(translated))
    case "Model":
      guard var config = json["config"]?.object, let layers = config["layers"]?.array else { break }
      config["layers"] = .array(try layers.mapped(translated))
      object["config"] = .object(config)
    default:
      let (newClass, options) = try layer(className, json["config"]?.object ?? [:])
      object["class_name"] = .string(newClass)
      object["config"] = .object(options)
    }
    return .object(object)
  }

  private static let classes = [
    "Convolution2D": "Conv2D", "AtrousConvolution2D": "Conv2D",
    "SeparableConvolution2D": "SeparableConv2D", "Convolution1D": "Conv1D",
    "AtrousConvolution1D": "Conv1D",
  ]

  private static let keys = [
    "output_dim": "units", "init": "kernel_initializer", "W_regularizer": "kernel_regularizer",
    "b_regularizer": "bias_regularizer", "W_constraint": "kernel_constraint",
    "b_constraint": "bias_constraint", "bias": "use_bias", "nb_filter": "filters",
    "border_mode": "padding", "subsample": "strides", "atrous_rate": "dilation_rate",
    "beta_init": "beta_initializer", "gamma_init": "gamma_initializer",
    "depthwise_regularizer": "depthwise_regularizer", "sigma": "stddev", "p": "rate",
    "filter_length": "kernel_size", "subsample_length": "strides", "pool_length": "pool_size",
    "stride": "strides", "length": "size",
  ]

  private static func layer(
    _ className: String, _ config: JSON.Object
  ) throws(KerasError) -> (className: String, config: JSON.Object) {
    let name = config["name"]?.string ?? className
    func refuse(_ key: String, _ problem: String) -> KerasError {
      .option(layer: name, key: key, problem: problem)
    }
    var options: JSON.Object = [:]
    for (key, value) in config where value != .null {
      switch key {
      case "nb_row", "nb_col", "weights", "dim_ordering", "mode", "concat_axis", "dot_axes",
        "output_shape", "output_shape_type", "mode_type", "output_mask", "output_mask_type",
        "arguments", "node_indices", "tensor_indices", "layers":
        continue
      default:
        let isRegularizer = key.hasSuffix("regularizer")
        options[keys[key] ?? key] = isRegularizer ? regularizer(value) : value
      }
    }
    if let rows = config["nb_row"], let columns = config["nb_col"] {
      options["kernel_size"] = .array([rows, columns])
    }
    if let order = config["dim_ordering"] {
      guard order == .string("tf") else {
        throw refuse(
          "dim_ordering",
          "is \(order.text): the file is of Keras 1 with Theano's order of axes, which is not "
            + "supported"
        )
      }
      options["data_format"] = .string("channels_last")
    }
    if className == "BatchNormalization", let mode = config["mode"], mode.integer != 0 {
      throw refuse("mode", "is \(mode.text), which only Keras 1 has")
    }
    if className == "Merge" {
      let merges = [
        "sum": "Add", "mul": "Multiply", "concat": "Concatenate", "ave": "Average",
        "max": "Maximum",
      ]
      guard let mode = config["mode"]?.string, let merge = merges[mode] else {
        throw refuse("mode", "is \((config["mode"] ?? .null).text), which is not supported")
      }
      if merge == "Concatenate" { options["axis"] = config["concat_axis"] ?? .integer(-1) }
      return (merge, options)
    }
    return (classes[className] ?? className, options)
  }

  /// Translates `{"name": "WeightRegularizer", "l1": 0, "l2": 0.01}` to Keras 2.
  private static func regularizer(_ json: JSON) -> JSON {
    guard var options = json.object, options["class_name"] == nil, options["name"] != nil else {
      return json
    }
    options["name"] = nil
    return .object(["class_name": .string("L1L2"), "config": .object(options)])
  }
}

extension JSON {
  /// Whether the config of a layer has an option of Keras 1 only.
  var isOfKeras1: Bool {
    let layers = self["config"]?.array ?? self["config"]?["layers"]?.array ?? []
    return layers.contains { layer in
      ["output_dim", "nb_filter", "border_mode", "dim_ordering"].contains {
        layer["class_name"] != .string("Embedding") && layer["config"]?[$0] != nil
      }
    }
  }
}

extension [JSON] {
  fileprivate func mapped(
    _ transform: (JSON) throws(KerasError) -> JSON
  ) throws(KerasError) -> [JSON] {
    var result: [JSON] = []
    for element in self { result.append(try transform(element)) }
    return result
  }
}
