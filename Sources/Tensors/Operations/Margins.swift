/// Rows and columns at the border of an image.
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
  ///   - top: The number of rows at the top, at least 0, as all of them.
  ///   - bottom: The number of rows at the bottom.
  ///   - left: The number of columns at the left.
  ///   - right: The number of columns at the right.
  public init(top: Int = 0, bottom: Int = 0, left: Int = 0, right: Int = 0) {
    precondition(min(top, bottom, left, right) >= 0, "a margin cannot be negative")
    (self.top, self.bottom, self.left, self.right) = (top, bottom, left, right)
  }

  /// Creates margins of equal height at the top and bottom, and of equal width at both sides.
  ///
  /// - Parameters:
  ///   - rows: The number of rows at the top and at the bottom.
  ///   - columns: The number of columns at the left and at the right.
  public init(_ rows: Int, _ columns: Int) {
    self.init(top: rows, bottom: rows, left: columns, right: columns)
  }

  /// Creates margins that are equal all around.
  public init(integerLiteral width: Int) {
    self.init(width, width)
  }
}

extension Tensor {
  /// Surrounds images with zeros.
  ///
  /// - Parameter margins: How many rows and columns of zeros.
  /// - Returns: For images of shape `[batch, height, width, channels]`, images of shape
  ///   `[batch, top + height + bottom, left + width + right, channels]`.
  public func zeroPadded(_ margins: Margins) -> Tensor {
    precondition(rank == 4, "a tensor of shape \(shape) does not hold images")
    let width = shape[2] + margins.left + margins.right
    let output: Shape = [shape[0], shape[1] + margins.top + margins.bottom, width, shape[3]]
    let rows = RowCopies(smaller: shape, largerWidth: width, margins)
    let count = output.dropFirst().reduce(1, *)
    return mappedImages(to: output) { image, out in
      out.initialize(repeating: 0, count: count)
      rows.copy(from: image, step: rows.count, to: out + rows.offset, step: rows.step)
    }
    .computed(from: (self, { $0.cropped(margins) }))
  }

  /// Cuts off the borders of images.
  ///
  /// - Parameter margins: How many rows and columns are cut off.
  /// - Returns: For images of shape `[batch, height, width, channels]`, images of shape
  ///   `[batch, height - top - bottom, width - left - right, channels]`.
  /// - Precondition: At least one pixel is left.
  public func cropped(_ margins: Margins) -> Tensor {
    precondition(rank == 4, "a tensor of shape \(shape) does not hold images")
    let height = shape[1] - margins.top - margins.bottom
    let width = shape[2] - margins.left - margins.right
    precondition(height > 0 && width > 0, "\(margins) leave nothing of images of \(shape)")
    let output: Shape = [shape[0], height, width, shape[3]]
    let rows = RowCopies(smaller: output, largerWidth: shape[2], margins)
    return mappedImages(to: output) { image, out in
      rows.copy(from: image + rows.offset, step: rows.step, to: out, step: rows.count)
    }
    .computed(from: (self, { $0.zeroPadded(margins) }))
  }
}

/// Where the rows of an image are in a larger one around it.
private struct RowCopies: Sendable {
  let height: Int

  /// The number of elements of a row.
  let count: Int

  /// The first element in the larger image, and the distance of rows in it.
  let (offset, step): (Int, Int)

  init(smaller: Shape, largerWidth: Int, _ margins: Margins) {
    height = smaller[1]
    count = smaller[2] * smaller[3]
    step = largerWidth * smaller[3]
    offset = margins.top * step + margins.left * smaller[3]
  }

  func copy(
    from source: UnsafePointer<Float>, step sourceStep: Int,
    to target: UnsafeMutablePointer<Float>, step targetStep: Int
  ) {
    for row in 0..<height {
      (target + row * targetStep).update(from: source + row * sourceStep, count: count)
    }
  }
}
