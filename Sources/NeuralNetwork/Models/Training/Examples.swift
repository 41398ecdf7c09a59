import Preconditions
import Tensors

/// Inputs and targets in memory, and their split into batches.
struct Examples {
  private let x: [Tensor]
  private let y: [Tensor]
  private let rows: Range<Int>
  private let batchSize: Int

  /// - Parameters:
  ///   - x: The tensors of the inputs, at least one.
  ///   - y: The tensors of the targets.
  ///   - batchSize: The number of examples in a batch.
  /// - Precondition: The first extents of all tensors are equal, and `batchSize` is at least 1.
  init(_ x: [Tensor], _ y: [Tensor], batchSize: Int) {
    require(batchSize >= 1, "`batchSize` must be at least 1, but is \(batchSize).")
    let shapes = (x + y).map(\.shape)
    require(
      !shapes[0].isEmpty && shapes.allSatisfy { $0.first == shapes[0].first },
      "`x` and `y` must have the same first extent, but have the shapes "
        + "\(shapes.map { "\($0)" }.joined(separator: " and ")).")
    self.init(x, y, rows: 0..<shapes[0][0], batchSize: batchSize)
  }

  private init(_ x: [Tensor], _ y: [Tensor], rows: Range<Int>, batchSize: Int) {
    (self.x, self.y, self.rows, self.batchSize) = (x, y, rows, batchSize)
  }

  /// The number of examples.
  var count: Int { rows.count }

  /// Splits the examples into training and validation data.
  ///
  /// - Parameters:
  ///   - share: The fraction of the examples used for validation, taken from the end as in Keras.
  ///   - given: Separate validation data; if given, `share` is ignored.
  /// - Returns: Disjoint training and validation data.
  func split(
    _ share: Double, _ given: (x: [Tensor], y: [Tensor])?
  ) -> (trained: Examples, validated: Examples?) {
    require(
      share >= 0 && share < 1,
      "`validationSplit` must be at least 0 and less than 1, but is \(share)."
    )
    if let given { return (self, Examples(given.x, given.y, batchSize: batchSize)) }
    guard share > 0 else { return (self, nil) }
    let border = Int((Double(count) * (1 - share)).rounded(.down))
    require(
      border > 0 && border < count,
      "`validationSplit` must leave examples on both sides, but is \(share) of \(count).")
    return (
      Examples(x, y, rows: 0..<border, batchSize: batchSize),
      Examples(x, y, rows: border..<count, batchSize: batchSize)
    )
  }

  /// The batches in order, each made when it is asked for.
  func batches() -> some Sequence<([Tensor], [Tensor])> {
    stride(from: rows.lowerBound, to: rows.upperBound, by: batchSize).lazy.map { start in
      let range = start..<min(start + batchSize, rows.upperBound)
      return (x.map { Self.batch(range, of: $0) }, y.map { Self.batch(range, of: $0) })
    }
  }

  /// Some rows of a tensor, without a copy if these are all.
  private static func batch(_ range: Range<Int>, of tensor: Tensor) -> Tensor {
    range.count < tensor.shape[0] ? tensor[rows: range] : tensor.withoutLogits.withMask(nil)
  }

  /// The batches in the order of an epoch.
  ///
  /// - Parameter order: The seed and epoch of the shuffle; `nil` for the order of the examples.
  /// - Returns: The batches, copied one at a time.
  func batches(shuffledBy order: (seed: UInt64, epoch: Int)?) -> some Sequence<([Tensor], [Tensor])>
  {
    var indexes = Array(rows)
    if let order {
      var stream = RandomStream(seed: order.seed, stream: 0, substream: UInt32(order.epoch))
      for last in stride(from: indexes.count - 1, to: 0, by: -1) {
        indexes.swapAt(last, stream.integer(below: last + 1))
      }
    }
    return stride(from: 0, to: indexes.count, by: batchSize).lazy.map { start in
      let chosen = indexes[start..<min(start + batchSize, indexes.count)]
      return (x.map { $0.gathering(chosen) }, y.map { $0.gathering(chosen) })
    }
  }
}
