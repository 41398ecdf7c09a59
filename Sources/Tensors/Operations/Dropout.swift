extension Tensor {
  /// Sets elements to 0 at random and scales the others up, so that the expected sum stays.
  ///
  /// - Parameters:
  ///   - rate: The probability that an element is dropped, in `0..<1`.
  ///   - stream: Where the random numbers come from; one for each element, in order.
  /// - Returns: A tensor of the same shape.
  /// - Precondition: `rate` is in `0..<1`.
  public func dropout(rate: Float, stream: RandomStream) -> Tensor {
    precondition(rate >= 0 && rate < 1, "a dropout rate is in 0..<1, not \(rate)")
    var stream = stream
    let mask = Tensor(uninitialized: shape) { out in
      for index in out.indices {
        out[index] = stream.uniform(in: 0..<1) < rate ? 0 : 1 / (1 - rate)
      }
    }
    return self * mask
  }
}
