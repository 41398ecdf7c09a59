import CKernels
import Preconditions
import Threads

/// The result of batch normalization in training.
///
/// ```swift
/// let rows: Tensor = [[1, 10], [3, 30]]
/// let batch = rows.batchNormalized(gamma: nil, beta: nil, epsilon: 0)
/// print(batch.mean, batch.variance)  // [2, 20] and [1, 100]; the output is [[-1, -1], [1, 1]]
/// ```
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
    let rows = Float(count / Swift.max(columns, 1))
    let (mean, variance) = withoutGradient.moments(columns)
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
    let inputs = [self] + [gamma, beta].compactMap { $0 }
    @Sendable func record(_ y: Tensor, relu: Bool) -> Tensor {
      y.computed(together: inputs) { dy, wanted in
        x.normalizationGradients(
          dy, mean: mean, scale: scale, inverse: inverse, beta: relu ? offsets : nil, rows: rows,
          isScaled: isScaled, isCentered: isCentered, wanted: wanted)
      }
    }
    if rank == 4 {
      let images = deferredImages(mean: mean, scales: scales, offsets: offsets)
      let y = record(Tensor(shape, images), relu: false)
      images.setReLU(of: y.node) { record($0, relu: true) }
      return y
    }
    let normalization = DeferredNormalization(
      x, mean: mean, scales: scales, offsets: offsets, record: record)
    return normalization.output(shape: shape)
  }

  /// The normalized images.
  private func deferredImages(mean: Tensor, scales: Tensor, offsets: Tensor) -> DeferredImages {
    let (pixels, columns) = (shape[1] * shape[2], shape[3])
    func operation(relu: Bool) -> DeferredImages.Operation {
      unsafe DeferredImages.Operation(
        count: pixels * columns, isInPlace: true, isCheap: true
      ) {
        { x, _, out in
          let (x, out) = unsafe (Shared(x), Shared(out))
          forEachPart(ofPixels: pixels, channels: columns) { start, count in
            unsafe kernels.normalize(
              Int64(count), Int64(columns), x + start * columns, mean.storage.pointer,
              scales.storage.pointer, offsets.storage.pointer, relu ? 1 : 0, out + start * columns)
          }
        }
      }
    }
    return DeferredImages(
      shape[0], [imageInput], operation(relu: false), rectified: operation(relu: true))
  }

  /// The gradients of a normalization of this tensor: with respect to the input, gamma and beta, as
  /// far as they exist and are wanted; `beta` is given if ReLU followed.
  private func normalizationGradients(
    _ dy: Tensor, mean: Tensor, scale: [Float], inverse: [Float], beta: Tensor?, rows: Float?,
    isScaled: Bool, isCentered: Bool, wanted: [Int]
  ) -> [Tensor] {
    let columns = mean.count
    let scales = Tensor(scale)
    let (slopes, betas) = unsafe (
      Shared(UnsafePointer(dy.storage.pointer)),
      beta.map { unsafe Shared(UnsafePointer($0.storage.pointer)) }
    )
    let sums = unsafe overRows(results: 2) {
      unsafe kernels.deviation_products(
        $0, Int64(columns), $1, mean.storage.pointer, slopes + $3, scales.storage.pointer,
        betas?.value, $2[0], $2[1])
    }.map { $0.sum(axes: [0]) }
    let (total, products) = (sums[0], sums[1])
    var gradients: [Tensor] = []
    if wanted.contains(0) {
      // The parts of the gradient that go through mean and variance.
      var slope = [Float](repeating: 0, count: columns)
      var offset = slope
      if let rows {
        let (s, p) = (total.scalars, products.scalars)
        for column in 0..<columns {
          slope[column] = -scale[column] * inverse[column] * inverse[column] * p[column] / rows
          offset[column] = -scale[column] * s[column] / rows
        }
      }
      gradients.append(
        normalizationGradient(
          dy, mean: mean, scales: scales, slopes: Tensor(slope), offsets: Tensor(offset),
          beta: beta))
    }
    withExtendedLifetime((dy, beta)) {}
    if isScaled && wanted.contains(1) { gradients.append(products * Tensor(inverse)) }
    if isCentered && wanted.contains(isScaled ? 2 : 1) { gradients.append(total) }
    return gradients
  }

  /// The gradient of a normalization with respect to the input: that of images is computed again
  /// whenever it is needed.
  private func normalizationGradient(
    _ dy: Tensor, mean: Tensor, scales: Tensor, slopes: Tensor, offsets: Tensor, beta: Tensor?
  ) -> Tensor {
    let columns = mean.count
    @Sendable @safe func compute(
      _ rows: Int, _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>,
      _ out: UnsafeMutablePointer<Float>
    ) {
      unsafe kernels.normalize_gradient(
        Int64(rows), Int64(columns), x, mean.storage.pointer, dy, scales.storage.pointer,
        slopes.storage.pointer, offsets.storage.pointer, beta?.storage.pointer, out)
    }
    guard rank == 4, columns > 0 else {
      return Tensor(inParallel: shape) { out in
        forEachChunk { start, count in
          let first = start * columns
          unsafe compute(
            count, storage.pointer + first, dy.storage.pointer + first, out + first)
        }
      }
    }
    let pixels = shape[1] * shape[2]
    let gradient = unsafe DeferredImages.Operation(count: pixels * columns, isCheap: true) {
      { x, dy, out in compute(pixels, x, dy, out) }
    }
    let inputs: [DeferredImages.Input] = [.known(withoutGradient), .known(dy.withoutGradient)]
    return Tensor(shape, DeferredImages(shape[0], inputs, gradient))
  }

  /// The mean and the biased variance of each column.
  ///
  /// Each chunk of rows has its own mean and sum of squared deviations from it, computed while the
  /// chunk is in the cache. They are combined in ascending order.
  ///
  /// Source: T. F. Chan, G. H. Golub, R. J. LeVeque, *Updating formulae and a pairwise algorithm
  /// for computing sample variances*, 1979.
  private func moments(_ columns: Int) -> (mean: Tensor, variance: Tensor) {
    let parts = momentsOfChunks(columns)
    let rows = count / Swift.max(columns, 1)
    let mean = parts[0].sum(axes: [0]) / Float(rows)
    let (sums, squares, means) = (parts[0].scalars, parts[1].scalars, mean.scalars)
    var variance = [Float](repeating: 0, count: columns)
    for chunk in 0..<parts[0].shape[0] {
      let rowsOfChunk = Float(Swift.min(rowGrain, rows - chunk * rowGrain))
      for column in 0..<columns {
        let at = chunk * columns + column
        let difference = sums[at] / rowsOfChunk - means[column]
        variance[column] += squares[at] + rowsOfChunk * (difference * difference)
      }
    }
    return (mean, Tensor(variance) / Float(rows))
  }

  /// The sum and the squared deviations of each chunk of rows; those of images that are deferred
  /// are computed together with the images.
  private func momentsOfChunks(_ columns: Int) -> [Tensor] {
    let pixels = rank == 4 ? shape[1] * shape[2] : 0
    if let images = storage.images, images.batch == shape[0], pixels > 0, columns > 0,
      rowGrain % pixels == 0
    {
      let grain = rowGrain / pixels
      let chunks = (shape[0] + grain - 1) / grain
      let parts = [Tensor(zeros: [chunks, columns]), Tensor(zeros: [chunks, columns])]
      let isDone = unsafe images.compute(inPartsOf: grain) { start, count, x in
        let at = start / grain * columns
        unsafe kernels.moments(
          Int64(count * pixels), Int64(columns), x, parts[0].storage.pointer + at,
          parts[1].storage.pointer + at)
      }
      if isDone { return parts }
    }
    return unsafe overRows(results: 2) { rows, x, out, _ in
      unsafe kernels.moments(rows, Int64(columns), x, out[0], out[1])
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
  func forEachChunk(_ body: @escaping @Sendable (_ start: Int, _ count: Int) -> Void) {
    let columns = Swift.max(shape.last ?? 1, 1)
    parallel(over: 0..<count / columns, grain: rowGrain, body)
  }

  private var rowGrain: Int {
    Swift.max(1, Swift.min(1024, 2 * elementwiseGrain / Swift.max(shape.last ?? 1, 1)))
  }

  /// Reduces each chunk of rows to one row per result.
  ///
  /// - Parameters:
  ///   - results: The number of results.
  ///   - kernel: The kernel: (rows, input, destinations of the results, offset of the input).
  /// - Returns: For each result, the rows of all chunks in order.
  private func overRows(
    results: Int,
    _ kernel:
      @escaping @Sendable (
        Int64, UnsafePointer<Float>, [UnsafeMutablePointer<Float>], _ position: Int
      ) -> Void
  ) -> [Tensor] {
    let columns = shape.last ?? 1
    let chunks = Swift.max(1, (count / Swift.max(columns, 1) + rowGrain - 1) / rowGrain)
    let grain = rowGrain
    let partial = (0..<results).map { _ in Tensor(zeros: [chunks, columns]) }
    materialize()
    forEachChunk { start, count in
      unsafe kernel(
        Int64(count), UnsafePointer(storage.pointer + start * columns),
        partial.map { unsafe $0.storage.pointer + start / grain * columns }, start * columns)
    }
    return partial
  }
}
