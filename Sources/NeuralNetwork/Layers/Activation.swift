public import Tensors

/// Applies a function to each element, or to each row.
public final class Activation: Layer {
  /// The function.
  public let activation: ActivationFunction

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - activation: The function.
  ///   - name: What the layer is called.
  public init(_ activation: ActivationFunction, name: String? = nil) {
    self.activation = activation
    super.init(name: name)
  }

  /// The function, as Keras writes it.
  public override var config: [String: JSON] { ["activation": .string(activation.rawValue)] }

  /// Applies the function.
  public override func call(_ x: Tensor, training: Bool) -> Tensor { activation(x) }
}

extension Activation {
  /// Makes a layer with the options of a file.
  convenience init(_ reader: ConfigReader) throws(KerasError) {
    self.init(try reader.activation(), name: reader.layer)
  }
}
