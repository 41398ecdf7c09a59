package import HDF5
package import Tensors

extension GroupWriter {
  /// Writes a tensor as a dataset of the same shape.
  package func write(_ tensor: Tensor, to path: String) throws(HDF5Error) {
    // Write from the tensor's memory: a copy would double the memory of a checkpoint, which
    // consists mostly of tensors.
    try unsafe tensor.withUnsafePointer { pointer throws(HDF5Error) in
      try unsafe write(
        UnsafeBufferPointer(start: pointer, count: tensor.count),
        shape: tensor.shape.dimensions, to: path)
    }
  }
}

extension Dataset {
  /// Reads the dataset as a tensor of the same shape, directly into the tensor's memory.
  package func readTensor() throws(HDF5Error) -> Tensor {
    try unsafe Tensor(uninitialized: Shape(shape)) { elements throws(HDF5Error) in
      try unsafe read(into: elements)
    }
  }
}
