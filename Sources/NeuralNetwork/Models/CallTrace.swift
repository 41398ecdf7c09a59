import Tensors

/// Watches which of its layers a model calls, and with what, while it runs once.
///
/// So a model that was written as a subclass can be saved as the chain that it is, and Keras can
/// rebuild it without the class.
final class CallTrace {
  private struct Call {
    let layer: Layer
    let input: Tensor
    let output: Tensor
  }

  private var calls: [Call] = []

  func record(_ layer: Layer, from input: Tensor, to output: Tensor) {
    calls.append(Call(layer: layer, input: input, output: output))
  }

  /// The layers in the order in which they ran, if each took just the output of the one before it,
  /// none ran twice, and the first and the last are the model's input and output.
  func chain(from input: Tensor, to output: Tensor) -> [Layer]? {
    var last = input
    for call in calls {
      guard call.input.isSame(as: last) else { return nil }
      last = call.output
    }
    let layers = calls.map(\.layer)
    guard last.isSame(as: output), Set(layers.map(ObjectIdentifier.init)).count == layers.count
    else { return nil }
    return layers
  }
}
