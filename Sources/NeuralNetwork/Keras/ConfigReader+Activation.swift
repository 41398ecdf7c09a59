import JSON
import Tensors

extension ConfigReader {
  /// Reads the activation function in any form of Keras: a name, an object with the name of a
  /// function, or a layer without weights.
  ///
  /// - Parameter mayHalve: Whether the layer supports `glu`, which halves its output.
  /// - Returns: The function.
  /// - Throws: ``KerasError`` if the function is not supported.
  func activation(mayHalve: Bool = false) throws(KerasError) -> ActivationFunction {
    guard let value = config["activation"] else { return .linear }
    let function = try Self.activation(value, layer: layer, generation)
    guard mayHalve || function != .glu else {
      throw .option(
        layer: layer, key: "activation",
        problem: "is glu, which halves the output, and is not supported in a layer of this class")
    }
    return function
  }

  private static func activation(
    _ value: JSON, layer: String, _ generation: KerasGeneration
  ) throws(KerasError) -> ActivationFunction {
    let config = value["config"]
    // {"class_name": "function", "config": "relu"}, {"class_name": "relu"}, or "relu".
    let name = value.string ?? config?.string ?? value["class_name"]?.string
    if let function = name.flatMap({ ActivationFunction(kerasName: $0, generation) }) {
      return function
    }
    if name == "threshold" {
      throw .option(
        layer: layer, key: "activation",
        problem:
          "is 'threshold', which needs parameters that the file does not contain (Keras cannot load it either)"
      )
    }
    let options = ConfigReader(
      layer: layer, config: config ?? .object([:]), generation: generation)
    let function: ActivationFunction? =
      switch name {
      case "Activation": try options.activation(mayHalve: true)
      case "ReLU": try ReLU(options).function
      case "LeakyReLU": try LeakyReLU(options).function
      case "ELU": try ELU(options).alpha == 1 ? .elu : nil
      case "Softmax": try Softmax(options).axes == [-1] ? .softmax : nil
      default: nil
      }
    guard let function else {
      let known = ActivationFunction.allCases.map(\.rawValue).joined(separator: ", ")
      throw .option(layer: layer, key: "activation", problem: "is not one of \(known)")
    }
    return function
  }
}

extension ReLU {
  /// The activation function with the parameters of the layer; `nil` if there is none.
  fileprivate var function: ActivationFunction? {
    switch (maxValue, Float(negativeSlope), threshold) {
    case (nil, 0, 0): .relu
    case (6, 0, 0): .relu6
    case (nil, 0.2, 0): .leakyReLU
    default: nil
    }
  }
}

extension LeakyReLU {
  fileprivate var function: ActivationFunction? { Float(negativeSlope) == 0.2 ? .leakyReLU : nil }
}
