extension Dataset {
  /// A place between two elements of an iteration: all that is needed to go on from there.
  public struct Position: Codable, Equatable, Sendable {
    /// How many iterations over the dataset were started before this one.
    public var iteration: Int

    /// How many elements of this iteration have been handed out.
    public var elements: Int

    /// Creates a position.
    ///
    /// - Parameters:
    ///   - iteration: How many iterations were started before.
    ///   - elements: How many elements of this one have been handed out.
    public init(iteration: Int, elements: Int) {
      self.iteration = iteration
      self.elements = elements
    }
  }
}
