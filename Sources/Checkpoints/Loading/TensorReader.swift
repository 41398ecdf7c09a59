import HDF5
import Tensors

/// Reads variables as tensors, and takes note of those that are not finite.
struct TensorReader {
  private let container: Container

  /// The variables that hold NaN or an infinity.
  private(set) var differences: [CheckpointError.Mismatch] = []

  init(_ container: Container) { self.container = container }

  /// Reads a variable of any floating-point type, or an integer.
  mutating func read(
    _ variable: StoredVariable, named name: String
  ) throws(CheckpointError) -> Tensor {
    let tensor = try reading { () throws(HDF5Error) in
      let dataset = try container.dataset(of: variable)
      return variable.isBFloat16 ? try dataset.readBFloat16() : try dataset.readTensor()
    }
    if let place = tensor.firstNonFinite() {
      var (rest, index) = (place, [Int]())
      for extent in tensor.shape.reversed() {
        index.insert(rest % extent, at: 0)
        rest /= extent
      }
      differences.append(
        .nonFinite(
          variable: name, path: variable.path, index: index, value: tensor.scalars[place]))
    }
    return tensor
  }
}

extension Dataset {
  /// Reads elements that are the upper halves of 32-bit floats, the lower byte first.
  fileprivate func readBFloat16() throws(HDF5Error) -> Tensor {
    let bytes = try readBytes()
    return Tensor(
      (0..<bytes.count / 2).map { index in
        Float(
          bitPattern: UInt32(bytes[2 * index]) << 16 | UInt32(bytes[2 * index + 1]) << 24)
      }, shape: Shape(shape))
  }
}
