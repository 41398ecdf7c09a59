import JSON
import Preconditions
import Tensors

/// A three-dimensional size in the elements of a volume.
///
/// ```swift
/// let kernel = Size3D(1, 3, 3)  // one plane deep, 3 × 3 in height and width
/// let layer = Conv3D(8, kernel, padding: .same)
/// let features = layer(Tensor(zeros: [2, 16, 28, 28, 1]))  // [2, 16, 28, 28, 8]
/// ```
public struct Size3D: Hashable, Sendable, ExpressibleByIntegerLiteral {
  /// The number of planes.
  public let depth: Int

  /// The number of rows.
  public let height: Int

  /// The number of columns.
  public let width: Int

  /// Creates a size.
  ///
  /// - Parameters:
  ///   - depth: The number of planes, at least 1.
  ///   - height: The number of rows, at least 1.
  ///   - width: The number of columns, at least 1.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    _ depth: Int, _ height: Int, _ width: Int, file: StaticString = #fileID, line: UInt = #line
  ) {
    require(
      depth > 0 && height > 0 && width > 0,
      """
      Size3D: `depth`, `height` and `width` must be at least 1, but are \(depth), \(height) and \
      \(width).
      """, file: file, line: line)
    (self.depth, self.height, self.width) = (depth, height, width)
  }

  /// Creates a cube.
  public init(integerLiteral side: Int) { self.init(side, side, side) }

  /// The size of a plane.
  var plane: Size2D { Size2D(height, width) }

  /// The extent along each axis: `[depth, height, width]`.
  package var extents: [Int] { [depth, height, width] }

  /// The number of elements.
  var count: Double { Double(depth) * Double(height) * Double(width) }

  /// The size in Keras's form: `[depth, height, width]`.
  var json: JSON { .array(extents.map(JSON.integer)) }
}

/// The planes to cut off or to add on both sides of each axis of a volume.
///
/// See ``Cropping3D`` for an example.
public struct Margins3D: Hashable, Sendable, ExpressibleByIntegerLiteral {
  /// The number of planes before and after.
  public let depth: [Int]

  /// The number of rows before and after.
  public let height: [Int]

  /// The number of columns before and after.
  public let width: [Int]

  /// Creates margins.
  ///
  /// - Parameters:
  ///   - depth: The number of planes before and after, at least 0.
  ///   - height: The number of rows before and after, at least 0.
  ///   - width: The number of columns before and after, at least 0.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    depth: (Int, Int), height: (Int, Int), width: (Int, Int), file: StaticString = #fileID,
    line: UInt = #line
  ) {
    self.depth = [depth.0, depth.1]
    self.height = [height.0, height.1]
    self.width = [width.0, width.1]
    require(
      axes.joined().allSatisfy { $0 >= 0 },
      "Margins3D: margins must be at least 0, but are \(axes).", file: file, line: line)
  }

  /// Creates equal margins on all sides.
  public init(integerLiteral margin: Int) {
    self.init(depth: (margin, margin), height: (margin, margin), width: (margin, margin))
  }

  /// The margins of each axis.
  var axes: [[Int]] { [depth, height, width] }

  /// The margins in Keras's form.
  var json: JSON { .array(axes.map { .array($0.map(JSON.integer)) }) }
}

extension OptionReader {
  /// Reads a size with three axes: one number for all or a list.
  func size3D(_ key: String, default fallback: Size3D?) throws(KerasError) -> Size3D {
    guard let value = config[key]?.withoutNumPy else {
      guard let fallback else { throw invalid(key, "is missing") }
      return fallback
    }
    let sides = value.array.map { $0.map(\.integer) } ?? Array(repeating: value.integer, count: 3)
    let known = sides.compactMap { $0 }.filter { (1...Limit.window).contains($0) }
    guard sides.count == 3, known.count == 3 else {
      throw invalid(
        key, "is not one or three whole numbers in 1...\(Limit.window)", above: Limit.window)
    }
    return Size3D(known[0], known[1], known[2])
  }

  /// Reads margins with three axes: one number for all sides, or one or two for each axis.
  func margins3D(_ key: String, default fallback: Margins3D) throws(KerasError) -> Margins3D {
    guard let value = config[key]?.withoutNumPy else { return fallback }
    let axes = value.array ?? [value, value, value]
    let pairs = axes.map { axis -> [Int] in
      let axis = axis.withoutNumPy
      let sides = axis.array.map { $0.map(\.integer) } ?? [axis.integer, axis.integer]
      return sides.compactMap { $0 }.filter { (0...Limit.window).contains($0) }
    }
    guard pairs.count == 3, pairs.allSatisfy({ $0.count == 2 }) else {
      throw invalid(
        key, "is not made of whole numbers in 0...\(Limit.window), two for each of three axes",
        above: Limit.window)
    }
    return Margins3D(
      depth: (pairs[0][0], pairs[0][1]), height: (pairs[1][0], pairs[1][1]),
      width: (pairs[2][0], pairs[2][1]))
  }

  /// Reads the order of the axes of volumes.
  func requireChannelsLast() throws(KerasError) {
    try require("data_format", .string("channels_last"))
  }
}
