import NeuralNetwork

extension Layer {
  /// Where Keras 3 has the weights in the group of the layer, such as `vars/0` and `cell/vars/0`.
  ///
  /// - Parameter count: The number of weights.
  /// - Returns: A path for each weight.
  func weightPlaces(count: Int) -> [String] {
    var counts: [String: Int] = [:]
    return (0..<count).map { index in
      let group = group(ofWeight: index)
      defer { counts[group, default: 0] += 1 }
      return "\(group)vars/\(counts[group, default: 0])"
    }
  }
}
