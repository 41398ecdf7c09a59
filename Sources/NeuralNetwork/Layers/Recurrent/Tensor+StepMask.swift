import Tensors

extension Tensor {
  /// A mask as one of steps, `[batch, steps]`: a step counts if anything of it does.
  var ofSteps: Tensor {
    guard rank > 2 else { return self }
    let steps = shape[0] * shape[1]
    let width = steps == 0 ? 0 : count / steps
    let scalars = scalars
    return Tensor(
      (0..<steps).map { step in
        scalars[step * width..<(step + 1) * width].contains { $0 != 0 } ? 1 : 0
      }, shape: [shape[0], shape[1]])
  }
}
