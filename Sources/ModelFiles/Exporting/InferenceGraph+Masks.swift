import NeuralNetwork

extension InferenceGraph {
  /// A mask: which steps of sequences count.
  struct Mask {
    /// How a mask is computed; the numbers are those of other masks.
    enum Source {
      /// It is given with the input, for a step of a sequence.
      case input
      /// The layer of the call makes it from its input.
      case made
      /// The steps that count in one of some masks.
      case anyOf([Int])
      /// Masks one after another, with their numbers of steps; `nil` if all steps count.
      case joined([(mask: Int?, steps: Int)])
      /// The steps with anything that counts, of a mask with more axes.
      case anyInStep(of: Int)
    }

    /// How the mask is computed.
    let source: Source

    /// The extents, without the batch axis: those of the sequence without its features.
    let extents: [Int]

    /// Whether a call computes with the mask, or another mask that is used is computed from it.
    var isUsed = false

    init(_ source: Source, extents: [Int]) { (self.source, self.extents) = (source, extents) }

    /// The masks that it is computed from.
    var sources: [Int] {
      switch source {
      case .input, .made: []
      case .anyOf(let masks): masks
      case .joined(let parts): parts.compactMap(\.mask)
      case .anyInStep(let mask): [mask]
      }
    }

    /// The extents that broadcasting gives.
    static func common(_ extents: [[Int]]) -> [Int] {
      let rank = extents.map(\.count).max() ?? 0
      return (0..<rank).map { axis in
        extents.map { $0.indices.contains(axis) ? $0[axis] : 1 }.max() ?? 1
      }
    }
  }
}
