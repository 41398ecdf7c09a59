import Preconditions
import Tensors

extension Tensor {
  /// Copies the entries at `indexes` along the first axis, one after the other.
  func slices(at indexes: [Int], shape: Shape) -> Tensor {
    let stride = self.shape.dropFirst().reduce(1, *)
    return unsafe Tensor(uninitialized: shape) { output in
      unsafe withUnsafePointer { elements in
        for (place, index) in indexes.enumerated() {
          let part = unsafe UnsafeBufferPointer(start: elements + index * stride, count: stride)
          _ = unsafe output[(place * stride)...].initialize(fromContentsOf: part)
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
    return unsafe Tensor(uninitialized: Shape([tensors.count] + shape)) { output in
      for (place, tensor) in tensors.enumerated() {
        require(
          tensor.shape == shape,
          "Elements of a batch must have the same shape, but have \(shape) and \(tensor.shape).")
        unsafe tensor.withUnsafePointer { elements in
          let part = unsafe UnsafeBufferPointer(start: elements, count: count)
          _ = unsafe output[(place * count)...].initialize(fromContentsOf: part)
        }
      }
    }
  }
}
