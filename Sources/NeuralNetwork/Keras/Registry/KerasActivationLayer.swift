/// A layer class of Keras that files can also name as the activation function of another layer.
package protocol KerasActivationLayer: KerasLayer {
  /// The activation function that computes what the layer computes; `nil` if there is none.
  var function: ActivationFunction? { get }
}
