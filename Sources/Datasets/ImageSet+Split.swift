import Tensors

extension ImageSet {
  /// The number of images of each class.
  ///
  /// - Parameter count: The number of classes; images of higher classes are not counted.
  /// - Returns: One number for each class.
  public func classCounts(count: Int) -> [Int] {
    var counts = Array(repeating: 0, count: count)
    for number in classes where Int(number) < count { counts[Int(number)] += 1 }
    return counts
  }

  /// Splits the set at random, so that both parts have the same shares of the classes, as nearly as
  /// whole numbers allow.
  ///
  /// - Parameters:
  ///   - count: The number of images to hold out, at least 0 and at most the number of images.
  ///   - seed: The seed of the choice.
  /// - Returns: The remaining and the held-out images, both in their order in the set.
  public func split(
    holdingOut count: Int, seed: UInt64
  ) -> (remaining: ImageSet, heldOut: ImageSet) {
    var random = RandomStream(seed: seed, stream: splitStream)
    var order = Array(classes.indices)
    for place in stride(from: order.count - 1, to: 0, by: -1) {
      order.swapAt(place, random.integer(below: place + 1))
    }
    // Among the shuffled images of each class, the first ones are held out: image k of n at
    // position (k + ½) / n, so that taking the lowest positions takes equal shares.
    var seen: [UInt16: Int] = [:]
    let totals = Dictionary(grouping: classes, by: \.self).mapValues(\.count)
    let positions = order.map { index in
      let number = classes[index]
      defer { seen[number, default: 0] += 1 }
      return (Double(seen[number, default: 0]) + 0.5) / Double(totals[number, default: 1])
    }
    let chosen = order.indices.sorted { (positions[$0], $0) < (positions[$1], $1) }
      .prefix(count).map { order[$0] }
    let heldOut = Set(chosen)
    return (
      subset(at: classes.indices.filter { !heldOut.contains($0) }), subset(at: chosen.sorted())
    )
  }

  /// The first images.
  ///
  /// - Parameter count: The number of images, at least 1; a smaller set is returned whole.
  /// - Returns: The images.
  public func prefix(_ count: Int) -> ImageSet {
    subset(at: Array(classes.indices.prefix(count)))
  }
}

/// The random stream of ``ImageSet/split(holdingOut:seed:)``: "held" in ASCII.
private let splitStream: UInt32 = 0x6865_6c64
