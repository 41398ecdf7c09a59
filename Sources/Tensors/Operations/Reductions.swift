import CKernels
import Preconditions
import Threads

extension Tensor {
  /// Sums over axes.
  ///
  /// - Parameters:
  ///   - axes: The axes; negative values count from the end. `nil` means all axes.
  ///   - keepDimensions: Whether to keep the summed axes with extent 1.
  /// - Returns: The sums; a scalar if all axes are summed.
  public func sum(axes: [Int]? = nil, keepDimensions: Bool = false) -> Tensor {
    let axes = Set((axes ?? Array(shape.indices)).map(shape.axis))
    let origin = shape
    let kept = Shape(shape.indices.map { axes.contains($0) ? 1 : shape[$0] })
    var result = withoutGradient
    for axis in axes.sorted(by: >) { result = unsafe result.reduced(axis, kernels.sum) }
    return result.reshaped(keepDimensions ? kept : kept.removing(axes))
      .computed(from: (self, { $0.reshaped(kept).broadcast(to: origin) }))
  }

  /// Averages over axes.
  ///
  /// - Parameters:
  ///   - axes: The axes; negative values count from the end. `nil` means all axes.
  ///   - keepDimensions: Whether to keep the averaged axes with extent 1.
  /// - Returns: The means; a scalar if all axes are averaged.
  public func mean(axes: [Int]? = nil, keepDimensions: Bool = false) -> Tensor {
    let result = sum(axes: axes, keepDimensions: keepDimensions)
    return result / (Float(count) / Float(Swift.max(result.count, 1)))
  }

  /// Returns the maxima over axes.
  ///
  /// Several equal maxima share the gradient equally, as in TensorFlow and JAX.
  ///
  /// - Parameters:
  ///   - axes: The axes; negative values count from the end. `nil` means all axes.
  ///   - keepDimensions: Whether to keep the reduced axes with extent 1.
  /// - Returns: The maxima; a scalar if all axes are reduced.
  public func max(axes: [Int]? = nil, keepDimensions: Bool = false) -> Tensor {
    let axes = Set((axes ?? Array(shape.indices)).map(shape.axis))
    let kept = Shape(shape.indices.map { axes.contains($0) ? 1 : shape[$0] })
    var result = withoutGradient
    for axis in axes.sorted(by: >) { result = unsafe result.reduced(axis, kernels.maximum) }
    let (x, maxima) = (withoutGradient, result)
    return maxima.reshaped(keepDimensions ? kept : kept.removing(axes))
      .computed(
        from: (
          self,
          { gradient in
            let isMaximum = Tensor(repeating: 1, shape: x.shape)
              .gradient(where: x, isAtLeast: maxima.broadcast(to: x.shape))
            let counts = isMaximum.sum(axes: Array(axes), keepDimensions: true)
            return (gradient.reshaped(kept) / counts).broadcast(to: x.shape) * isMaximum
          }
        ))
  }

  /// Returns the column of the largest element of each row; the first one if there are several.
  ///
  /// - Parameters:
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: For a tensor of shape `[…, columns]`, one column index for each row.
  /// - Precondition: There is at least one column.
  public func argmax(file: StaticString = #fileID, line: UInt = #line) -> [Int] {
    let columns = shape.last ?? 1
    require(
      columns > 0, "`argmax` needs a last axis that is not empty, but the shape is \(shape).",
      file: file, line: line)
    return (0..<count / columns).map { row in
      let elements = unsafe storage.pointer + row * columns
      return (1..<columns).reduce(0) { unsafe elements[$1] > elements[$0] ? $1 : $0 }
    }
  }

  /// Sums over all axes except the last one; no gradient passes through.
  ///
  /// Each chunk of rows has its own partial sums, which are added in order.
  func columnSums() -> Tensor {
    let columns = shape.last ?? 1
    let rows = count / Swift.max(columns, 1)
    let grain = Swift.max(1, 2 * elementwiseGrain / Swift.max(columns, 1))
    let chunks = (rows + grain - 1) / grain
    return Tensor(inParallel: [chunks, columns]) { out in
      parallel(over: 0..<rows, grain: grain) { start, count in
        unsafe kernels.sum(
          1, Int64(count), Int64(columns), storage.pointer + start * columns,
          out + start / grain * columns)
      }
    }
    .sum(axes: [0])
  }

  /// Reduces one axis to extent 1.
  private func reduced(_ axis: Int, _ kernel: cairn_reduction) -> Tensor {
    let outer = shape[..<axis].reduce(1, *)
    let inner = shape[(axis + 1)...].reduce(1, *)
    var dimensions = shape.dimensions
    dimensions[axis] = 1
    let (extent, block) = (shape[axis], shape[axis] * inner)
    materialize()
    return Tensor(inParallel: Shape(dimensions)) { out in
      let kernel = unsafe Shared(kernel)
      let grain = Swift.max(1, elementwiseGrain / Swift.max(block, 1))
      parallel(over: 0..<outer, grain: grain) { start, count in
        unsafe kernel.value(
          Int64(count), Int64(extent), Int64(inner),
          storage.pointer + start * block, out + start * inner)
      }
    }
  }
}

extension Shape {
  fileprivate func removing(_ axes: Set<Int>) -> Shape {
    Shape(indices.filter { !axes.contains($0) }.map { self[$0] })
  }
}
