import Preconditions
import Threads

/// Margins of an image: numbers of rows and columns on each side.
///
/// ```swift
/// let images = Tensor(repeating: 1, shape: [1, 2, 2, 1])
/// let padded = images.zeroPadded(Margins(top: 1, left: 2))  // [1, 3, 4, 1]
/// let back = padded.cropped(Margins(top: 1, left: 2))  // images again
/// ```
public struct Margins: Hashable, Sendable, ExpressibleByIntegerLiteral {
  /// The number of rows at the top.
  public let top: Int

  /// The number of rows at the bottom.
  public let bottom: Int

  /// The number of columns at the left.
  public let left: Int

  /// The number of columns at the right.
  public let right: Int

  /// Creates margins.
  ///
  /// - Parameters:
  ///   - top: The number of rows at the top; like all margins, at least 0.
  ///   - bottom: The number of rows at the bottom.
  ///   - left: The number of columns at the left.
  ///   - right: The number of columns at the right.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    top: Int = 0, bottom: Int = 0, left: Int = 0, right: Int = 0, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    require(
      min(top, bottom, left, right) >= 0,
      """
      Margins: each must be at least 0, but they are top \(top), bottom \(bottom), left \(left), \
      right \(right).
      """, file: file, line: line)
    (self.top, self.bottom, self.left, self.right) = (top, bottom, left, right)
  }

  /// Creates vertically and horizontally symmetric margins.
  ///
  /// - Parameters:
  ///   - rows: The number of rows at the top and at the bottom.
  ///   - columns: The number of columns at the left and at the right.
  public init(_ rows: Int, _ columns: Int) {
    self.init(top: rows, bottom: rows, left: columns, right: columns)
  }

  /// Creates equal margins on all sides.
  public init(integerLiteral width: Int) {
    self.init(width, width)
  }
}

extension Tensor {
  /// Pads images with zeros.
  ///
  /// - Parameters:
  ///   - margins: The number of rows and columns of zeros on each side.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: For images of shape `[batch, height, width, channels]`, images of shape
  ///   `[batch, top + height + bottom, left + width + right, channels]`.
  public func zeroPadded(_ margins: Margins, file: StaticString = #fileID, line: UInt = #line)
    -> Tensor
  {
    padded(margins, with: 0, file: file, line: line)
  }

  /// Pads images with a value.
  ///
  /// - Parameters:
  ///   - margins: The number of rows and columns to add on each side.
  ///   - value: The value of the added pixels.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: For images of shape `[batch, height, width, channels]`, images of shape
  ///   `[batch, top + height + bottom, left + width + right, channels]`.
  public func padded(
    _ margins: Margins, with value: Float, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    requireImages(file: file, line: line)
    let width = shape[2] + margins.left + margins.right
    let output: Shape = [shape[0], shape[1] + margins.top + margins.bottom, width, shape[3]]
    let rows = RowCopies(smaller: shape, largerWidth: width, margins)
    let count = output.dropFirst().reduce(1, *)
    return mappedImagesLater(to: output) { image, out in
      unsafe rows.fillMargins(of: out, count: count, with: value)
      unsafe rows.copy(from: image, step: rows.count, to: out + rows.offset, step: rows.step)
    }
    .computed(from: (self, { $0.cropped(margins) }))
  }

  /// Crops the borders of images.
  ///
  /// - Parameters:
  ///   - margins: The number of rows and columns to crop on each side.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: For images of shape `[batch, height, width, channels]`, images of shape
  ///   `[batch, height - top - bottom, width - left - right, channels]`.
  /// - Precondition: At least one pixel is left.
  public func cropped(_ margins: Margins, file: StaticString = #fileID, line: UInt = #line)
    -> Tensor
  {
    requireImages(file: file, line: line)
    let height = shape[1] - margins.top - margins.bottom
    let width = shape[2] - margins.left - margins.right
    require(
      height > 0 && width > 0,
      """
      Cropping must leave at least one pixel, but \(margins) leave none of images of shape \
      \(shape).
      """, file: file, line: line)
    let output: Shape = [shape[0], height, width, shape[3]]
    let rows = RowCopies(smaller: output, largerWidth: shape[2], margins)
    return mappedImagesLater(to: output) { image, out in
      unsafe rows.copy(from: image + rows.offset, step: rows.step, to: out, step: rows.count)
    }
    .computed(from: (self, { $0.zeroPadded(margins) }))
  }
}

/// The positions of the rows of an image in a larger image around it.
private struct RowCopies: Sendable {
  let height: Int

  /// The number of elements of a row.
  let count: Int

  /// The offset of the first element in the larger image, and its row stride.
  let (offset, step): (Int, Int)

  init(smaller: Shape, largerWidth: Int, _ margins: Margins) {
    height = smaller[1]
    count = smaller[2] * smaller[3]
    step = largerWidth * smaller[3]
    offset = margins.top * step + margins.left * smaller[3]
  }

  /// Sets the elements around the rows of an image of `count` elements.
  func fillMargins(of image: UnsafeMutablePointer<Float>, count: Int, with value: Float) {
    var end = 0
    for row in 0..<height {
      let first = offset + row * step
      unsafe (image + end).initialize(repeating: value, count: first - end)
      end = first + self.count
    }
    unsafe (image + end).initialize(repeating: value, count: count - end)
  }

  func copy(
    from source: UnsafePointer<Float>, step sourceStep: Int,
    to target: UnsafeMutablePointer<Float>, step targetStep: Int
  ) {
    let (source, target) = unsafe (Shared(source), Shared(target))
    parallel(over: 0..<height, grain: max(1, elementwiseGrain / max(count, 1))) { first, rows in
      for row in first..<first + rows {
        unsafe (target + row * targetStep).update(from: source + row * sourceStep, count: count)
      }
    }
  }
}
