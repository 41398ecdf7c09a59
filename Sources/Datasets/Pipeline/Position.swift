extension Dataset {
  /// A position between two elements of an iteration, sufficient to resume there.
  public struct Position: Codable, Equatable, Sendable {
    /// The number of iterations over the dataset that were started before this one.
    public var iteration: Int

    /// The number of elements of this iteration returned so far.
    public var elements: Int

    /// Creates a position.
    ///
    /// - Parameters:
    ///   - iteration: The number of iterations started before.
    ///   - elements: The number of elements of this iteration returned so far.
    public init(iteration: Int, elements: Int) {
      self.iteration = iteration
      self.elements = elements
    }
  }
}
