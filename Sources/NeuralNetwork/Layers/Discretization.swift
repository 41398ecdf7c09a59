public import JSON
import Preconditions
public import Tensors

/// Turns numbers into the numbers of the ranges that they lie in.
///
/// ```swift
/// let layer = Discretization([0, 1, 2])
/// let numbers: Tensor = [[-1.5, 1, 3.4, 0.5]]
/// let ranges = layer(numbers)  // [[0, 2, 3, 1]]
/// ```
public final class Discretization: Layer {
  /// The boundaries of the ranges, in ascending order: Keras's `bin_boundaries`.
  ///
  /// The first range is below the first boundary, and each boundary belongs to the range after it.
  public let boundaries: [Double]

  /// The form of the result.
  public let mode: CategoryMode

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - boundaries: The boundaries of the ranges, at least one, in ascending order.
  ///   - mode: The form of the result.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    _ boundaries: [Double], mode: CategoryMode = .integer, name: String? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    require(
      !boundaries.isEmpty && Self.isAscending(boundaries),
      "Discretization: `boundaries` must be in ascending order, but are \(boundaries).",
      file: file, line: line)
    (self.boundaries, self.mode) = (boundaries, mode)
    super.init(name: name)
  }

  private static func isAscending(_ numbers: [Double]) -> Bool {
    zip(numbers, numbers.dropFirst()).allSatisfy { $0 <= $1 }
  }

  /// The options in Keras's form.
  public override var config: JSON.Object {
    [
      "bin_boundaries": .array(boundaries.map { .option($0) }),
      "output_mode": .string(mode.rawValue),
    ]
  }

  /// The shape of the input, or that of the vectors.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    try mode.outputShape(inputShape, count: boundaries.count + 1, of: self)
  }

  override func multiplicationCount(inputShape: Shape) throws(ShapeError) -> Double {
    inputShape.elements * 16
  }

  /// Finds the ranges, which get no gradient.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    let limits = boundaries.map { Float($0) }
    let numbers = x.scalars.map { value in
      // The number of boundaries that the value is not below: a binary search.
      var (low, high) = (0, limits.count)
      while low < high {
        let middle = (low + high) / 2
        if value < limits[middle] { high = middle } else { low = middle + 1 }
      }
      return low
    }
    return mode.encoded(numbers, shape: x.shape, count: boundaries.count + 1)
  }
}

extension Discretization: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    guard reader.config["bin_boundaries"] != nil else {
      throw reader.problem(
        "bin_boundaries", "is not given: boundaries among the weights are not supported")
    }
    let boundaries = try reader.numbers("bin_boundaries")
    guard boundaries.count <= OptionReader.Limit.units, Self.isAscending(boundaries) else {
      throw reader.invalid("bin_boundaries", "is not a list of numbers in ascending order")
    }
    // With them, the boundaries were found.
    for key in ["num_bins", "epsilon"] { reader.ignore(key) }
    self.init(
      boundaries, mode: try reader.categoryMode(default: .integer), name: reader.name)
  }
}
