import Preconditions

extension Tensor {
  /// Returns max(x − τ, 0) along the last axis, with Keras's τ for each row.
  ///
  /// Source: A. Martins and R. Astudillo, 2016. There, τ is (the sum of the k largest elements − 1)
  /// / k, so that a row sums to 1. Keras (at least 3.15) instead adds the sums of the 1, 2, … k
  /// largest elements. Cairn follows Keras, because models trained with one formula are wrong with
  /// the other.
  ///
  /// - Parameters:
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: A tensor of the same shape.
  public func sparsemax(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    let columns = shape.last ?? 1
    require(
      columns > 0, "The last axis of a sparsemax must not be empty, but the shape is \(shape).",
      file: file, line: line)
    let rows = count / columns
    // The share of each element in the τ of its row, and whether the element is above τ.
    var shares = [Float](repeating: 0, count: count)
    var support = [Bool](repeating: false, count: count)
    let y = unsafe Tensor(uninitialized: shape) { out in
      for row in 0..<rows {
        let x = unsafe UnsafeBufferPointer(start: storage.pointer + row * columns, count: columns)
        // A stable sort: equal elements keep their order, as in TensorFlow.
        let order = x.indices.sorted { unsafe x[$0] > x[$1] || (x[$0] == x[$1] && $0 < $1) }
        var (sum, total): (Float, Float) = (0, 0)
        var members: [Int] = []
        for (rank, index) in order.enumerated() {
          unsafe sum += x[index]
          if unsafe x[index] - (sum - 1) / Float(rank + 1) > 0 {
            total += sum
            members.append(index)
          }
        }
        let k = Float(members.count)
        let threshold = (total - 1) / k
        for (rank, index) in members.enumerated() {
          shares[row * columns + index] = (k - Float(rank)) / k
        }
        for index in x.indices {
          unsafe out[row * columns + index] = unsafe Swift.max(x[index] - threshold, 0)
          support[row * columns + index] = unsafe x[index] - threshold >= 0
        }
      }
    }
    return y.computed(
      from: (
        self,
        { [shares, support] gradient in
          unsafe Tensor(uninitialized: gradient.shape) { out in
            for row in 0..<rows {
              var total: Float = 0
              for index in row * columns..<(row + 1) * columns where support[index] {
                unsafe total += gradient.storage.pointer[index]
              }
              for index in row * columns..<(row + 1) * columns {
                let own = unsafe support[index] ? gradient.storage.pointer[index] : 0
                unsafe out[index] = own - shares[index] * total
              }
            }
          }
        }
      ))
  }
}
