import Preconditions
import Tensors

extension Tensor {
  /// Copies the entries at `indexes` along the first axis, one after the other.
  func slices(at indexes: [Int], shape: Shape) -> Tensor {
    let stride = self.shape.dropFirst().reduce(1, *)
    return Tensor(uninitialized: shape) { output in
      withUnsafePointer { elements in
        for (place, index) in indexes.enumerated() {
          let part = UnsafeBufferPointer(start: elements + index * stride, count: stride)
          _ = output[(place * stride)...].initialize(fromContentsOf: part)
        }
      }
    }
  }

  /// Stacks tensors of one shape along a new first axis.
  ///
  /// - Precondition: There is at least one tensor, and all have the same shape.
  static func stack(_ tensors: [Tensor]) -> Tensor {
    let shape = tensors[0].shape
    let count = shape.elementCount
    return Tensor(uninitialized: Shape([tensors.count] + shape)) { output in
      for (place, tensor) in tensors.enumerated() {
        require(
          tensor.shape == shape,
          "Elements of a batch must have the same shape, but have \(shape) and \(tensor.shape).")
        tensor.withUnsafePointer { elements in
          let part = UnsafeBufferPointer(start: elements, count: count)
          _ = output[(place * count)...].initialize(fromContentsOf: part)
        }
      }
    }
  }
}
