public import JSON
public import Tensors

/// Applies an activation function elementwise, or along the last axis.
///
/// ```swift
/// let layer = Activation(.relu)
/// let positive = layer(Tensor([-2, 3]))  // [0, 3]
/// ```
public final class Activation: Layer {
  /// The function.
  public let activation: ActivationFunction

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - activation: The activation function.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  public init(_ activation: ActivationFunction, name: String? = nil) {
    self.activation = activation
    super.init(name: name)
  }

  /// The activation in Keras's form.
  public override var config: JSON.Object { ["activation": .string(activation.rawValue)] }

  /// The shape of the input; `glu` halves the last extent.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    guard activation == .glu else { return inputShape }
    guard let last = inputShape.last, last.isMultiple(of: 2) else {
      throw ShapeError(self, "cannot halve the last extent of the input \(inputShape)")
    }
    return Shape(inputShape.dropLast() + [last / 2])
  }

  /// Whether the output elements are those of the input at inference.
  package override var keepsElements: Bool { activation == .linear }

  /// Whether the layer passes a mask on: it does.
  public override var supportsMasking: Bool { true }

  /// Applies the function.
  public override func call(_ x: Tensor, training: Bool) -> Tensor { activation(x) }
}

extension Activation: KerasActivationLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    self.init(try reader.activation(mayHalve: true), name: reader.name)
  }

  /// The activation function that computes what the layer computes.
  package var function: ActivationFunction? { activation }
}
