import HDF5
import Tensors

/// Reads variables as tensors, and records those that are not finite.
struct TensorReader {
  private let container: Container

  /// The variables that contain NaN or infinity.
  private(set) var differences: [CheckpointError.Mismatch] = []

  /// The path of the last such variable, so that only its first position is reported.
  private var lastPath: String?

  init(_ container: Container) { self.container = container }

  /// Reads a slot of an optimizer.
  ///
  /// - Throws: ``CheckpointError`` if it cannot be read, or has a negative mean of squares.
  mutating func readSlot(
    _ variable: StoredVariable, named name: String, ofKind kind: String
  ) throws(CheckpointError) -> Tensor {
    let tensor = try read(variable, named: name)
    try check(tensor.scalars, of: variable, ofKind: kind)
    return tensor
  }

  /// Throws if elements of a mean of squares are negative: their root is not a number.
  func check(
    _ values: [Float], of variable: StoredVariable, ofKind kind: String
  ) throws(CheckpointError) {
    let squares = [
      "velocity", "velocity_hat", "norm", "accumulator", "accumulated_grad",
      "accumulated_delta_var",
    ]
    guard squares.contains(kind),
      let value = values.first(where: { $0 < 0 })
    else { return }
    throw .content(
      path: container.parts[variable.part].path, object: variable.path,
      problem: "contains \(value), but a mean of squares is at least 0")
  }

  /// Reads a variable of any floating-point or integer type.
  mutating func read(
    _ variable: StoredVariable, named name: String
  ) throws(CheckpointError) -> Tensor {
    let tensor = try converting { () throws(HDF5Error) in
      let dataset = try container.dataset(of: variable)
      return variable.isBFloat16
        ? Tensor(try dataset.readBFloat16(), shape: Shape(dataset.shape)) : try dataset.readTensor()
    }
    if let place = tensor.firstNonFinite() {
      note(tensor.scalars[place], at: place, of: variable, named: name)
    }
    return variable.arrangement?.apply(to: tensor, shape: Shape(variable.shape)) ?? tensor
  }

  /// Reads some rows of a variable of any floating-point type but bfloat16.
  mutating func read(
    _ rows: Range<Int>, of variable: StoredVariable, named name: String
  ) throws(CheckpointError) -> [Float] {
    let values = try converting { () throws(HDF5Error) in
      try container.dataset(of: variable).readRows(rows, as: Float.self)
    }
    let tensor = Tensor(values)
    if let place = tensor.firstNonFinite(), lastPath != variable.path {
      let before = rows.lowerBound * values.count / max(1, rows.count)
      note(values[place], at: before + place, of: variable, named: name)
    }
    return values
  }

  private mutating func note(
    _ value: Float, at place: Int, of variable: StoredVariable, named name: String
  ) {
    var (rest, index) = (place, [Int]())
    for extent in variable.shape.reversed() {
      index.insert(rest % extent, at: 0)
      rest /= extent
    }
    lastPath = variable.path
    differences.append(
      .nonFinite(variable: name, path: variable.path, index: index, value: value))
  }
}
