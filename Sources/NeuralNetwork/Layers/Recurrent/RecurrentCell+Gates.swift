package import Tensors

extension RecurrentCell {
  /// Brings the gates of a weight into the order of another tool, which has matrices transposed.
  ///
  /// - Parameters:
  ///   - weight: A kernel `[inputs, gates · units]`, or a bias `[gates · units]`.
  ///   - order: Keras's number of each gate, in the new order.
  /// - Returns: The kernel `[gates · units, inputs]`, or the bias.
  package func rows(of weight: Tensor, gates order: [Int]) -> Tensor {
    let rows = weight.rank == 1 ? weight : weight.transposed([1, 0])
    return Tensor(
      concatenating: order.map { rows.slice($0 * units..<($0 + 1) * units, axis: 0) }, axis: 0)
  }
}
