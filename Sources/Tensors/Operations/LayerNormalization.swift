import CKernels
import Preconditions
import Threads

extension Tensor {
  /// Normalizes each row by its own mean and variance.
  ///
  /// A row consists of the elements along the last axes.
  ///
  /// Source: J. Ba et al., *Layer Normalization*, 2016.
  ///
  /// - Parameters:
  ///   - axes: The number of last axes that form a row.
  ///   - gamma: The scale factors of the normalized rows, with the shape of a row; `nil` means 1.
  ///   - beta: The offsets of the normalized rows, with the shape of a row; `nil` means 0.
  ///   - epsilon: The small constant ε, added to the variance for numerical stability.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: A tensor of the same shape.
  public func layerNormalized(
    axes: Int = 1, gamma: Tensor?, beta: Tensor?, epsilon: Float, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    require(
      (1...Swift.max(rank, 1)).contains(axes),
      "`axes` must be from 1 to \(rank) for a tensor of shape \(shape), but is \(axes).",
      file: file, line: line)
    let row = Shape(shape.suffix(axes))
    for case .some(let other) in [gamma, beta] {
      require(
        other.shape == row,
        "`gamma` and `beta` must have the shape \(row), but one has \(other.shape).", file: file,
        line: line)
    }
    let columns = row.elementCount
    let rows = count / Swift.max(columns, 1)
    let x = withoutGradient
    let (scale, offset) = (gamma?.withoutGradient, beta?.withoutGradient)
    let (isScaled, isCentered) = (gamma != nil, beta != nil)
    let (mean, inverse) = (Tensor(zeros: [rows]), Tensor(zeros: [rows]))
    let grain = Swift.max(1, elementwiseGrain / Swift.max(columns, 1))
    /// Calls a closure for chunks of rows: the first row, their number and the first element.
    @Sendable func inChunks(_ body: @escaping @Sendable (Int, Int64, Int) -> Void) {
      parallel(over: 0..<rows, grain: grain) { start, count in
        body(start, Int64(count), start * columns)
      }
    }
    @Sendable func normalized(_ scale: Tensor?, _ offset: Tensor?) -> Tensor {
      Tensor(inParallel: x.shape) { out in
        inChunks { row, count, first in
          unsafe kernels.normalize_rows(
            count, Int64(columns), x.storage.pointer + first,
            scale.map { unsafe UnsafePointer($0.storage.pointer) },
            offset.map { unsafe UnsafePointer($0.storage.pointer) }, epsilon,
            mean.storage.pointer + row, inverse.storage.pointer + row, out + first)
        }
      }
    }
    return normalized(scale, offset)
      .computed(together: [self] + [gamma, beta].compactMap { $0 }) { dy, wanted in
        var gradients: [Tensor] = []
        if wanted.contains(0) {
          gradients.append(
            Tensor(inParallel: x.shape) { out in
              inChunks { row, count, first in
                unsafe kernels.normalize_rows_gradient(
                  count, Int64(columns), x.storage.pointer + first,
                  scale.map { unsafe UnsafePointer($0.storage.pointer) },
                  mean.storage.pointer + row, inverse.storage.pointer + row,
                  dy.storage.pointer + first, out + first)
              }
            })
        }
        if isScaled && wanted.contains(1) {
          let products = (dy * normalized(nil, nil)).reshaped([rows, columns])
          gradients.append(products.columnSums().reshaped(row))
        }
        if isCentered && wanted.contains(isScaled ? 2 : 1) {
          gradients.append(dy.reshaped([rows, columns]).columnSums().reshaped(row))
        }
        return gradients
      }
  }
}
