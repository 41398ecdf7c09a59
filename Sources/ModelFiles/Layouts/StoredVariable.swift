public import HDF5

/// A variable in a file, without its values.
///
/// ``CheckpointFile/dataset(at:)`` opens its dataset.
///
/// See ``StoredWeights`` for an example.
public struct StoredVariable: Equatable, Sendable {
  /// The name in the file: a number in Keras 3, a path such as `dense/kernel:0` in earlier
  /// versions.
  public private(set) var name: String

  /// The path of the dataset.
  public let path: String

  /// The index in ``CheckpointFile/parts`` of the file that contains the variable.
  public let part: Int

  /// The extents; empty for a scalar.
  public private(set) var shape: [Int]

  /// Whether the dataset has neither elements nor a shape, or does not exist.
  public let isNull: Bool

  /// The type of the elements in the file.
  public let elementType: ElementType

  /// The number of elements; `nil` if it is unknown or too large.
  public let count: Int?

  /// The size of an element in the file, in bytes.
  public let elementSize: Int

  /// Whether Keras has marked the elements, of two bytes each, as bfloat16.
  public let isBFloat16: Bool

  /// Whether the layout is contiguous, so that the cost of a partial read is proportional to its
  /// size.
  public private(set) var isContiguous: Bool

  /// Whether the file names the variable but does not contain it.
  public let isMissing: Bool

  /// How the values in the file become those of ``shape``; `nil` if they are the same.
  private(set) var arrangement: StoredArrangement?

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
    isBFloat16 = try dataset.isMarkedBFloat16
  }

  /// The same variable with another name.
  func named(_ name: String) -> StoredVariable {
    var variable = self
    variable.name = name
    return variable
  }

  /// The same variable in the form of today's Keras.
  func arranged(_ arrangement: StoredArrangement, _ shape: [Int]) -> StoredVariable {
    var variable = self
    (variable.arrangement, variable.shape, variable.isContiguous) = (arrangement, shape, false)
    return variable
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
