package import HDF5

/// A variable in a file, without its values.
package struct StoredVariable: Equatable, Sendable {
  /// The name in the file: a number in Keras 3, a path such as `dense/kernel:0` in earlier
  /// versions.
  package let name: String

  /// The path of the dataset.
  package let path: String

  /// The index of the container's part with the variable.
  package let part: Int

  /// The extents; empty for a scalar.
  package let shape: [Int]

  /// Whether the dataset has neither elements nor a shape, or does not exist.
  package let isNull: Bool

  /// The type of the elements in the file.
  package let elementType: ElementType

  /// The number of elements; `nil` if it is unknown or too large.
  package let count: Int?

  /// The size of an element in the file, in bytes.
  package let elementSize: Int

  /// Whether Keras has marked the elements, of two bytes each, as bfloat16.
  package let isBFloat16: Bool

  /// Whether the layout is contiguous, so that the cost of a partial read is proportional to its
  /// size.
  package let isContiguous: Bool

  /// Whether the file names the variable but does not contain it.
  package let isMissing: Bool

  /// Whether the elements can be read as 32-bit floats.
  var isFloat: Bool { elementType.isFloat || isBFloat16 }

  /// Whether the variable is a scalar.
  var isScalar: Bool { shape.isEmpty && !isNull }
}

extension StoredVariable {
  init(_ name: String, _ dataset: borrowing Dataset, part: Int) throws(HDF5Error) {
    self.name = name
    self.part = part
    path = dataset.path
    shape = dataset.shape
    isNull = dataset.isNull
    elementType = dataset.elementType
    count = dataset.count
    elementSize = dataset.elementSize
    isContiguous = dataset.layout == .contiguous
    isMissing = false
    isBFloat16 = try StoredVariable.isBFloat16(dataset)
  }

  /// Whether Keras has marked the elements of a dataset as bfloat16.
  ///
  /// HDF5 1.10 does not support bfloat16: Keras stores opaque bytes and an attribute `dtype`.
  package static func isBFloat16(_ dataset: borrowing Dataset) throws(HDF5Error) -> Bool {
    guard case .opaque(bytes: 2, _) = dataset.elementType else { return false }
    return try dataset.attribute("dtype") == .string("bfloat16")
  }

  /// Creates a variable that the file names but does not contain.
  init(missing name: String, path: String, part: Int) {
    self.name = name
    self.path = path
    self.part = part
    shape = []
    isNull = true
    elementType = .other("nothing")
    count = 0
    elementSize = 0
    isBFloat16 = false
    isContiguous = false
    isMissing = true
  }
}
