extension Tensor {
  /// Adds a number from a normal distribution with the mean 0 to each element.
  ///
  /// - Parameters:
  ///   - standardDeviation: The standard deviation of the numbers, at least 0.
  ///   - stream: Where the random numbers come from; one for each element, in order.
  /// - Returns: A tensor of the same shape.
  public func addingGaussianNoise(standardDeviation: Float, stream: RandomStream) -> Tensor {
    var stream = stream
    let noise = Tensor(uninitialized: shape) { out in
      for index in out.indices { out[index] = standardDeviation * stream.normal() }
    }
    return self + noise
  }
}
