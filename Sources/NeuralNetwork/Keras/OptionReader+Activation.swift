import JSON
import Tensors

extension OptionReader {
  /// Reads the activation function in any form of Keras: a name, an object with the name of a
  /// function, or a layer without weights.
  ///
  /// - Parameters:
  ///   - key: The option.
  ///   - mayHalve: Whether the layer supports `glu`, which halves its output.
  /// - Returns: The function.
  /// - Throws: ``KerasError`` if the function is not supported.
  func activation(
    _ key: String = "activation", mayHalve: Bool = false
  ) throws(KerasError) -> ActivationFunction {
    guard let value = config[key] else { return .linear }
    let function = try activation(in: value, key)
    guard mayHalve || function != .glu else {
      throw problem(
        key,
        "is glu, which halves the output, and is not supported in a layer of this class")
    }
    return function
  }

  private func activation(
    in value: JSON, _ key: String
  ) throws(KerasError) -> ActivationFunction {
    guard value["module"]?.string?.isModuleOfKeras ?? true else {
      throw notSupported(key, value)
    }
    let config = value["config"]
    // {"class_name": "function", "config": "relu"}, {"class_name": "relu"}, or "relu".
    let name = value.string ?? config?.string ?? value["class_name"]?.string ?? ""
    if let function = KerasRegistry.activation(named: name, in: generation) { return function }
    if name == "threshold" {
      throw problem(
        key,
        "is 'threshold', which needs parameters that the file does not contain (Keras cannot load "
          + "it either)")
    }
    let layer = KerasRegistry.layer(named: name) as? any KerasActivationLayer.Type
    let options = OptionReader(
      owner: owner, config: config?.object ?? [:], generation: generation)
    guard let function = try layer?.init(options).function else {
      let known = KerasRegistry.activations.map(\.rawValue).joined(separator: ", ")
      throw problem(key, "is \(value.excerpt), not one of \(known)")
    }
    return function
  }
}
