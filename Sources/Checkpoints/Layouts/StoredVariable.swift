package import HDF5

/// A variable in a file, without its numbers.
package struct StoredVariable: Equatable, Sendable {
  /// What the file calls it: a number in Keras 3, a path such as `dense/kernel:0` before.
  package let name: String

  /// The path of the dataset.
  package let path: String

  /// Which part of the container it is in.
  package let part: Int

  /// The extents; empty for a scalar.
  package let shape: [Int]

  /// Whether the dataset has neither elements nor a shape, or does not exist.
  package let isNull: Bool

  /// The type of the elements in the file.
  package let elementType: ElementType

  /// The number of elements; nil if the file does not say, or it cannot be counted.
  package let count: Int?

  /// The bytes of an element in the file.
  package let elementSize: Int

  /// Whether the elements are two bytes each that Keras has marked as bfloat16.
  package let isBFloat16: Bool

  /// Whether the elements lie in the file one after another, so that some of them cost no more than
  /// their share.
  package let isContiguous: Bool

  /// Whether the file names it but does not hold it.
  package let isMissing: Bool

  /// Whether the elements can be read as 32-bit floats.
  var isFloat: Bool { elementType.isFloat || isBFloat16 }

  /// Whether it is a single number.
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

  /// Whether the elements of a dataset are numbers that Keras has marked as bfloat16.
  ///
  /// HDF5 1.10 knows no bfloat16: Keras stores the bytes, and says so beside them.
  package static func isBFloat16(_ dataset: borrowing Dataset) throws(HDF5Error) -> Bool {
    guard case .opaque(bytes: 2, _) = dataset.elementType else { return false }
    return try dataset.attribute("dtype") == .string("bfloat16")
  }

  /// A variable that the file names and does not hold.
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
