extension Array {
  /// Creates an array whose memory a function fills, without a first value for the elements.
  ///
  /// - Parameters:
  ///   - count: The number of elements.
  ///   - fill: Initializes all elements of the buffer, unless it throws.
  /// - Throws: The error of `fill`.
  @inlinable
  package init<Failure: Error>(
    count: Int, filledBy fill: (UnsafeMutableBufferPointer<Element>) throws(Failure) -> Void
  ) throws(Failure) {
    try unsafe self.init(unsafeUninitializedCapacity: count) { (buffer, filled) throws(Failure) in
      // The capacity may be larger than was asked for.
      try unsafe fill(UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
      filled = count
    }
  }
}
