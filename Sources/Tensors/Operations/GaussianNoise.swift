extension Tensor {
  /// Adds Gaussian noise with mean 0 to each element.
  ///
  /// - Parameters:
  ///   - standardDeviation: The standard deviation of the noise, at least 0.
  ///   - stream: The random stream; provides one number for each element, in order.
  /// - Returns: A tensor of the same shape.
  public func addingGaussianNoise(standardDeviation: Float, stream: RandomStream) -> Tensor {
    var stream = stream
    let noise = unsafe Tensor(uninitialized: shape) { out in
      for index in out.indices { unsafe out[index] = standardDeviation * stream.normal() }
    }
    return self + noise
  }
}
