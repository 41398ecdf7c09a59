import Tensors

/// How the values of a variable of an older Keras become those of today.
///
/// Source: `preprocess_weights_for_loading` in tf_keras/src/saving/legacy/hdf5_format.py.
enum StoredArrangement: Equatable, Sendable {
  /// The same values in another shape, such as a kernel of `Conv1D` in Keras 1, `[steps, 1,
  /// channels, filters]`, or the biases of `CuDNNGRU` one after another.
  case reshaped

  /// A kernel of `Conv1D` in Keras 1.0: `[filters, channels, steps, 1]`.
  case filtersFirst

  /// The kernel of a layer of cuDNN, whose gates have a row for each unit, in the place of
  /// columns.
  case unitsFirst(gates: Int)

  /// The recurrent kernel of a layer of cuDNN, whose gates are transposed.
  case transposed(gates: Int)

  /// The biases of inputs and states of `CuDNNLSTM`, one after another, to be added.
  case summed

  /// Returns values in the shape of today.
  func apply(to x: Tensor, shape: Shape) -> Tensor {
    switch self {
    case .reshaped: return x.reshaped(shape)
    case .filtersFirst: return x.transposed([2, 3, 1, 0]).reshaped(shape)
    case .summed:
      let half = x.count / 2
      return x.slice(0..<half, axis: 0) + x.slice(half..<x.count, axis: 0)
    case .unitsFirst(let gates), .transposed(let gates):
      let (rows, units) = (x.shape[0], x.shape[1] / gates)
      let isTransposed = self == .transposed(gates: gates)
      let parts = (0..<gates).map { gate in
        let part = x.slice(gate * units..<(gate + 1) * units, axis: 1)
        return isTransposed ? part.transposed() : part.reshaped([units, rows]).transposed()
      }
      return Tensor(concatenating: parts, axis: 1)
    }
  }
}

extension [StoredVariable] {
  /// The variables of a layer, with those of an older Keras in the form of today.
  ///
  /// - Parameter weights: The weights of the layer in the model.
  /// - Returns: The variables; the same ones if they are of no form that is known.
  func arranged(for weights: [ModelWeights.Weight]) -> [StoredVariable] {
    var result = self
    for (index, (weight, stored)) in zip(weights, self).enumerated() {
      if let arrangement = weight.arrangement(ofConvolution: stored.shape) {
        result[index] = stored.arranged(arrangement, weight.shape)
      }
      // The shape of a bias tells a layer of cuDNN.
      guard index >= 2, weight.name.hasSuffix("bias"),
        weights[index - 1].name.hasSuffix("recurrent_kernel"),
        weights[index - 1].shape == self[index - 1].shape,
        weights[index - 2].shape == self[index - 2].shape,
        let units = weights[index - 1].shape.first
      else { continue }
      let gates: Int
      switch (weight.shape, stored.shape) {
      case ([4 * units], [8 * units]): gates = 4
      case ([2, 3 * units], [6 * units]): gates = 3
      default: continue
      }
      result[index - 2] = self[index - 2].arranged(
        .unitsFirst(gates: gates), weights[index - 2].shape)
      result[index - 1] = self[index - 1].arranged(
        .transposed(gates: gates), weights[index - 1].shape)
      result[index] = stored.arranged(gates == 4 ? .summed : .reshaped, weight.shape)
    }
    return result
  }
}

extension ModelWeights.Weight {
  /// How the kernel of a 1D convolution of Keras 1, with an axis of extent 1, becomes the weight.
  fileprivate func arrangement(ofConvolution stored: [Int]) -> StoredArrangement? {
    guard name.hasSuffix("/kernel"), shape.count == 3, stored.count == 4 else { return nil }
    if stored == [shape[0], 1, shape[1], shape[2]] { return .reshaped }
    return stored == [shape[2], shape[1], shape[0], 1] ? .filtersFirst : nil
  }
}
