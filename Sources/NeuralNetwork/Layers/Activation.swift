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

  /// The input's shape, but for `glu`, which halves the last extent.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    guard activation == .glu else { return inputShape }
    guard let last = inputShape.last, last.isMultiple(of: 2) else {
      throw ShapeError(self, "cannot halve the last extent of the input \(inputShape)")
    }
    return Shape(inputShape.dropLast() + [last / 2])
  }

  /// Applies the function.
  public override func call(_ x: Tensor, training: Bool) -> Tensor { activation(x) }
}

extension Activation: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: ConfigReader) throws(KerasError) {
    self.init(try reader.activation(mayHalve: true), name: reader.layer)
  }
}
