import Checkpoints
import HDF5
import ModelFiles

/// The number type of a dataset's elements.
enum NumberKind {
  case float16, bfloat16, float32, float64, signed, unsigned
  /// Not a number.
  case none

  init(of dataset: borrowing Dataset) throws(HDF5Error) {
    self =
      switch dataset.elementType {
      case .float16: .float16
      case .float32: .float32
      case .float64: .float64
      case .integer(_, signed: true, _), .enumeration: .signed
      case .integer: .unsigned
      // libhdf5 converts it.
      case .bfloat16: .float32
      case .opaque: try dataset.isMarkedBFloat16 ? .bfloat16 : .none
      default: .none
      }
  }
}

/// The maximum number of elements of a dataset to read: a small file can declare a thousand times
/// more than it stores.
private let elementLimit = 1 << 32

extension Dataset {
  /// Divides the dataset into blocks.
  ///
  /// - Parameters:
  ///   - limit: The maximum number of elements in a block.
  ///   - chunk: The chunk shape that blocks follow; `nil` for blocks in row-major order.
  /// - Returns: The blocks; the dataset must not be empty.
  /// - Throws: ``HDF5Error`` if the dataset has too many elements.
  func blocks(atMost limit: Int, chunk: [Int]? = nil) throws(HDF5Error) -> Blocks {
    guard let count, count <= elementLimit else {
      throw HDF5Error(
        operation: .read, file: nil, object: path,
        cause: .tooLarge("more than \(elementLimit) elements"))
    }
    return Blocks(of: shape, atMost: limit, chunk: chunk)
  }

  /// Reads a slice; the slice of a scalar is empty.
  func part<Element: DatasetElement>(
    _ slices: [Slice], as type: Element.Type
  ) throws(HDF5Error) -> [Element] {
    shape.isEmpty ? try read(as: type) : try read(as: type, slices: slices)
  }

  /// Reads a slice of numbers of any type.
  func numbers(_ slices: [Slice]) throws(HDF5Error) -> [Double] {
    switch try NumberKind(of: self) {
    case .bfloat16: try readBFloat16(slices: slices).map(Double.init)
    case _ where elementType == .float32(): try part(slices, as: Float.self).map(Double.init)
    default: try part(slices, as: Double.self)
    }
  }
}
