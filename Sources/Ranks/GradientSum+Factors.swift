import Tensors

/// Exchanging the factors of gradients.
///
/// The gradient of a dense layer's kernel is a product xᵀ · dy, whose factors have a row for each
/// example. With few examples they are smaller than the product: then every process gets those of
/// all shards, and computes and adds all products itself, in the same tree.
extension GradientSum {
  /// The gradients of the shards of all processes, of the variables whose factors are exchanged.
  ///
  /// - Parameter shards: The shards of this process, as many as in every other one.
  /// - Returns: For the indices of some variables, the gradients in the order of the shards; `nil`
  ///   for a shard without one.
  /// - Throws: ``RankError`` if the processes cannot exchange them.
  func gatherFactors(of shards: [Shard]) throws(RankError) -> [Int: [Tensor?]] {
    let candidates = variables.indices.filter {
      variables[$0].shape.count == 2 && variables[$0].shape.elementCount >= Self.largeCount
        && divided[$0] == nil
    }
    guard communicator.size > 1, !candidates.isEmpty else { return [:] }
    let own = candidates.flatMap { index in shards.map { examples(of: $0, index) } }
    let all = try communicator.gather(own.flatMap { encoded(UInt64($0 + 1)) }).map { bytes in
      stride(from: 0, to: bytes.count, by: 8).map { Int(decoded(bytes[$0..<$0 + 8])) - 1 }
    }

    /// The numbers of examples of a candidate's shards in a process.
    func counts(_ place: Int, _ rank: Int) -> ArraySlice<Int> {
      all[rank][place * shards.count..<(place + 1) * shards.count]
    }
    let ranks = 0..<communicator.size
    let chosen = candidates.indices.filter { place in
      let shape = variables[candidates[place]].shape
      let numbers = ranks.flatMap { counts(place, $0) }
      return !numbers.contains(Self.noProduct)
        && numbers.reduce(0, +) * (shape[0] + shape[1]) <= shape.elementCount
    }
    let sizes = ranks.map { rank in
      chosen.reduce(0) { sum, place in
        let shape = variables[candidates[place]].shape
        return sum + counts(place, rank).reduce(0, +) * (shape[0] + shape[1])
      }
    }
    let total = sizes.reduce(0, +)
    if factors.count < total { factors = FloatBuffer(total) }
    let floats = unsafe UnsafeMutableBufferPointer(rebasing: factors.floats[..<total])

    var place = sizes[..<communicator.rank].reduce(0, +)
    for candidate in chosen {
      let variable = variables[candidates[candidate]]
      for shard in shards {
        guard let (x, dy) = shard.gradients?[variable]?.factors else { continue }
        for factor in [x, dy] {
          unsafe factor.withUnsafePointer { values in
            _ = unsafe UnsafeMutableBufferPointer(rebasing: floats[place..<place + factor.count])
              .update(fromContentsOf: UnsafeBufferPointer(start: values, count: factor.count))
          }
          place += factor.count
        }
      }
    }
    try unsafe communicator.gather(floats, counts: sizes)

    func take(_ shape: Shape) -> Tensor {
      defer { place += shape.elementCount }
      return unsafe Tensor(uninitialized: shape) { output in
        _ = unsafe output.initialize(fromContentsOf: floats[place..<place + shape.elementCount])
      }
    }
    var gradients: [Int: [Tensor?]] = [:]
    place = 0
    for rank in ranks {
      for candidate in chosen {
        let shape = variables[candidates[candidate]].shape
        for count in counts(candidate, rank) {
          let product: Tensor? =
            count == 0 ? nil : Tensor(productOf: take([count, shape[0]]), take([count, shape[1]]))
          gradients[candidates[candidate], default: []].append(product)
        }
      }
    }
    return gradients
  }

  /// Stands for a gradient that is no product of two factors.
  private static let noProduct = -1

  /// The number of examples in the factors of a variable's gradient; 0 without a gradient.
  private func examples(of shard: Shard, _ index: Int) -> Int {
    guard let gradient = shard.gradients?[variables[index]] else { return 0 }
    return gradient.factors?.x.shape[0] ?? Self.noProduct
  }
}
