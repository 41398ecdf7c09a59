import CKernels
import Preconditions
import Threads

/// The result of batch normalization in training.
public struct BatchNormalized: Sendable {
  /// The normalized batch.
  public let output: Tensor

  /// The mean of each column; no gradient passes through.
  public let mean: Tensor

  /// The biased variance of each column; no gradient passes through.
  public let variance: Tensor
}

extension Tensor {
  /// Normalizes each column by its own mean and variance.
  ///
  /// A column consists of all elements with the same last index.
  ///
  /// Source: S. Ioffe and C. Szegedy, *Batch Normalization*, ICML 2015.
  ///
  /// - Parameters:
  ///   - gamma: The scale factors of the normalized columns, of shape `[columns]`; `nil` means 1.
  ///   - beta: The offsets of the normalized columns, of shape `[columns]`; `nil` means 0.
  ///   - epsilon: The small constant ε, added to the variance for numerical stability.
  /// - Returns: The output, of the same shape, and the statistics, of shape `[columns]`, with the
  ///   biased variance (divided by the number of rows).
  public func batchNormalized(gamma: Tensor?, beta: Tensor?, epsilon: Float) -> BatchNormalized {
    let columns = checkedColumns(gamma, beta)
    let x = withoutGradient
    let rows = Float(count / Swift.max(columns, 1))
    let mean = unsafe x.overRows { unsafe kernels.sum(1, $0, Int64(columns), $1, $2[0]) }[0] / rows
    let variance =
      unsafe x.overRows { [mean] in
        unsafe kernels.squared_deviations($0, Int64(columns), $1, mean.storage.pointer, $2[0])
      }[0] / rows
    let output = normalized(
      mean: mean, variance: variance, gamma: gamma, beta: beta, epsilon: epsilon, rows: rows)
    return BatchNormalized(output: output, mean: mean, variance: variance)
  }

  /// Normalizes each column by a given mean and variance.
  ///
  /// A column consists of all elements with the same last index.
  ///
  /// - Parameters:
  ///   - mean: The mean of each column, of shape `[columns]`; no gradient passes through.
  ///   - variance: The variance of each column, of shape `[columns]`; no gradient passes through.
  ///   - gamma: The scale factors of the normalized columns, of shape `[columns]`; `nil` means 1.
  ///   - beta: The offsets of the normalized columns, of shape `[columns]`; `nil` means 0.
  ///   - epsilon: The small constant ε, added to the variance for numerical stability.
  /// - Returns: A tensor of the same shape.
  public func normalized(
    mean: Tensor, variance: Tensor, gamma: Tensor? = nil, beta: Tensor? = nil, epsilon: Float
  ) -> Tensor {
    _ = checkedColumns(mean, variance, gamma, beta)
    return normalized(
      mean: mean.withoutGradient, variance: variance.withoutGradient, gamma: gamma, beta: beta,
      epsilon: epsilon, rows: nil)
  }

  /// Normalizes the columns; `rows` is the number of rows if mean and variance were computed from
  /// them.
  private func normalized(
    mean: Tensor, variance: Tensor, gamma: Tensor?, beta: Tensor?, epsilon: Float, rows: Float?
  ) -> Tensor {
    let columns = shape.last ?? 1
    let x = withoutGradient
    let inverse = variance.scalars.map { 1 / ($0 + epsilon).squareRoot() }
    let scale = gamma.map { zip($0.scalars, inverse).map { $0 * $1 } } ?? inverse
    let (scales, offsets) = (
      Tensor(scale), beta?.withoutGradient ?? Tensor(zeros: [columns])
    )
    let (isScaled, isCentered) = (gamma != nil, beta != nil)
    let y = Tensor(inParallel: shape) { out in
      x.forEachChunk { start, count in
        unsafe kernels.normalize(
          Int64(count), Int64(columns), x.storage.pointer + start * columns, mean.storage.pointer,
          scales.storage.pointer, offsets.storage.pointer, out + start * columns)
      }
    }
    return y.computed(together: [self] + [gamma, beta].compactMap { $0 }) { dy, wanted in
      let sums = unsafe x.overRows(results: 2) {
        unsafe kernels.deviation_products(
          $0, Int64(columns), $1, mean.storage.pointer, dy.storage.pointer + $3, $2[0], $2[1])
      }
      let (total, products) = (sums[0], sums[1])
      var gradients: [Tensor] = []
      if wanted.contains(0) {
        // The parts of the gradient that go through mean and variance.
        var slope = [Float](repeating: 0, count: columns)
        var offset = slope
        if let rows {
          let (s, p) = (total.scalars, products.scalars)
          for column in 0..<columns {
            slope[column] =
              -scale[column] * inverse[column] * inverse[column] * p[column] / rows
            offset[column] = -scale[column] * s[column] / rows
          }
        }
        let (slopes, offsets) = (Tensor(slope), Tensor(offset))
        gradients.append(
          Tensor(inParallel: x.shape) { out in
            x.forEachChunk { start, count in
              let first = start * columns
              unsafe kernels.normalize_gradient(
                Int64(count), Int64(columns), x.storage.pointer + first, mean.storage.pointer,
                dy.storage.pointer + first, scales.storage.pointer, slopes.storage.pointer,
                offsets.storage.pointer, out + first)
            }
          })
      }
      if isScaled && wanted.contains(1) { gradients.append(products * Tensor(inverse)) }
      if isCentered && wanted.contains(isScaled ? 2 : 1) { gradients.append(total) }
      return gradients
    }
  }

  /// The number of columns; checks that the other tensors have as many elements.
  private func checkedColumns(_ others: Tensor?...) -> Int {
    require(
      rank > 0,
      "Batch normalization needs a tensor with at least one axis, but the shape is \(shape).")
    let columns = shape[rank - 1]
    for case .some(let other) in others {
      require(
        other.shape == [columns],
        """
        Mean, variance, `gamma` and `beta` must have the shape [\(columns)], but one has \
        \(other.shape).
        """)
    }
    return columns
  }

  /// Calls `body` for chunks of rows.
  ///
  /// The number of chunks depends only on the shape, and is small enough for an accurate sum in
  /// ascending order.
  private func forEachChunk(_ body: @escaping @Sendable (_ start: Int, _ count: Int) -> Void) {
    let columns = Swift.max(shape.last ?? 1, 1)
    parallel(over: 0..<count / columns, grain: rowGrain, body)
  }

  private var rowGrain: Int {
    Swift.max(1, Swift.min(1024, 2 * elementwiseGrain / Swift.max(shape.last ?? 1, 1)))
  }

  /// Reduces all rows to one row per result.
  ///
  /// Each chunk has its own partial sums, which are added in order.
  ///
  /// - Parameters:
  ///   - results: The number of results.
  ///   - kernel: The kernel: (rows, input, destinations of the results, offset of the input).
  /// - Returns: The rows of the results.
  private func overRows(
    results: Int = 1,
    _ kernel:
      @escaping @Sendable (
        Int64, UnsafePointer<Float>, [UnsafeMutablePointer<Float>], _ position: Int
      ) -> Void
  ) -> [Tensor] {
    let columns = shape.last ?? 1
    let chunks = Swift.max(1, (count / Swift.max(columns, 1) + rowGrain - 1) / rowGrain)
    let grain = rowGrain
    let partial = (0..<results).map { _ in Tensor(zeros: [chunks, columns]) }
    forEachChunk { start, count in
      unsafe kernel(
        Int64(count), UnsafePointer(storage.pointer + start * columns),
        partial.map { unsafe $0.storage.pointer + start / grain * columns }, start * columns)
    }
    return partial.map { $0.sum(axes: [0]) }
  }

  private func overRows(
    _ kernel:
      @escaping @Sendable (
        Int64, UnsafePointer<Float>, [UnsafeMutablePointer<Float>]
      ) -> Void
  ) -> [Tensor] {
    unsafe overRows(results: 1) { rows, x, out, _ in unsafe kernel(rows, x, out) }
  }
}
