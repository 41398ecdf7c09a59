import Tensors
import Threads

/// The gradients of divided variables in memory that all processes of a machine see.
///
/// Each process writes its gradients there, and adds its part of those of all processes, in the
/// tree of ``Communicator/sum(_:scratch:)``.
///
/// The gradient of a dense layer's kernel is a product xᵀ · dy. If its shards have few examples,
/// each process writes the factors of the parts of the others instead, and computes the products
/// of all shards for its own part.
final class SharedGradients {
  private let communicator: Communicator
  private let variables: [Variable]
  private let memory: SharedMemory
  private let places: [Place]

  /// The place of the number of examples of the first shard.
  private let factsStart: Int
  private let shardCount: Int

  /// Where the gradient of a variable, or its factors, are.
  private struct Place {
    var index: Int
    var start: Int
  }

  /// Creates the memory, as all processes do; `nil` if they do not share it.
  ///
  /// - Parameters:
  ///   - indices: The indices of the divided variables, in the same order in all processes.
  ///   - variables: All variables.
  ///   - shardCount: The number of shards of each process.
  ///   - communicator: The processes.
  /// - Throws: ``RankError`` if the processes cannot exchange where it is.
  init?(
    _ indices: [Int], of variables: [Variable], shardCount: Int, over communicator: Communicator
  ) throws(RankError) {
    var (places, count): ([Place], Int) = ([], 0)
    for index in indices {
      places.append(Place(index: index, start: count))
      count += (variables[index].shape.elementCount + lineSize - 1) / lineSize * lineSize
    }
    factsStart = count
    count += places.count * shardCount
    guard !places.isEmpty, let memory = try SharedMemory(count, over: communicator) else {
      return nil
    }
    (self.places, self.memory, self.shardCount) = (places, memory, shardCount)
    (self.variables, self.communicator) = (variables, communicator)
  }

  /// Adds gradients over all processes, as all of them do.
  ///
  /// - Parameter shards: The gradients of the shards of this process.
  /// - Returns: This process's parts of the sums, of shape `[count]`, by the indices of the
  ///   variables.
  /// - Throws: ``RankError/communication(_:)``.
  func sums(of shards: [Gradients?]) throws(RankError) -> [Int: Tensor] {
    for (number, place) in places.enumerated() {
      for (shard, gradients) in shards.enumerated() {
        unsafe facts(of: number, communicator.rank)[shard] =
          Float(examples(of: gradients?[variables[place.index]]))
      }
    }
    // All have read the gradients of the last step, and know of what kind those of this one are.
    try communicator.synchronize()
    let products = places.indices.map { product(number: $0) }
    for (place, product) in zip(places, products) {
      let terms = shards.map { $0?[variables[place.index]] }
      if let product {
        write(terms, product, to: place.start)
      } else {
        unsafe Tensor.writeTreeSum(
          of: terms, shape: variables[place.index].shape,
          to: memory.floats(of: communicator.rank, from: place.start))
      }
    }
    try communicator.synchronize()
    var sums: [Int: Tensor] = [:]
    for (place, product) in zip(places, products) {
      let variable = variables[place.index]
      let part = communicator.ownPart(of: variable.shape.elementCount)
      if let product {
        let terms = shards.map { $0?[variable] }
        sums[place.index] = sum(of: terms, product, from: place.start).reshaped([part.count])
      } else {
        let terms = (0..<communicator.size).map { rank in
          memory.tensor(
            of: rank, from: place.start + part.lowerBound, shape: [part.count])
        }
        sums[place.index] = Tensor.treeSum(of: terms, shape: [part.count])
        communicator.noteRead(variable.shape.elementCount - part.count)
      }
    }
    return sums
  }

  // MARK: - Products

  /// Gradients that are products of known factors, of whose rows each process has as many.
  private struct Product {
    /// The number of rows of each process.
    var rows: Int
    var columns: Int

    /// The number of examples of each shard, by rank.
    var examples: [[Int]]

    /// The place of the factors of a shard: first those of the columns, then those of the rows of
    /// each other process.
    func start(of shard: Int, of rank: Int) -> Int {
      examples[rank][..<shard].reduce(0, +) * (columns + (examples.count - 1) * rows)
    }

    /// The place of the factors of the rows of another process, after ``start(of:of:)``.
    func start(ofRowsOf other: Int, _ shard: Int, of rank: Int) -> Int {
      examples[rank][shard] * (columns + (other < rank ? other : other - 1) * rows)
    }
  }

  /// Stands for a gradient that is no product of known factors.
  private static let noProduct = -1

  /// The numbers of examples of the shards of a process.
  private func facts(of number: Int, _ rank: Int) -> UnsafeMutablePointer<Float> {
    unsafe memory.floats(of: rank, from: factsStart + number * shardCount)
  }

  private func examples(of gradient: Tensor?) -> Int {
    guard let gradient else { return 0 }
    return gradient.factors?.x.shape[0] ?? Self.noProduct
  }

  /// How the factors of a variable's gradient are exchanged; `nil` if its sum is.
  private func product(number: Int) -> Product? {
    let (shape, size) = (variables[places[number].index].shape, communicator.size)
    guard shape.count == 2, shape[0] % size == 0 else { return nil }
    let examples = (0..<size).map { rank in
      let facts = unsafe UnsafeBufferPointer(start: facts(of: number, rank), count: shardCount)
      return unsafe facts.map { Int($0) }
    }
    let product = Product(rows: shape[0] / size, columns: shape[1], examples: examples)
    let isSmall = examples.allSatisfy { counts in
      let count = counts.reduce(0, +)
      return !counts.contains(Self.noProduct) && count <= product.columns
        && count * (product.columns + (size - 1) * product.rows) <= shape.elementCount
    }
    return isSmall ? product : nil
  }

  /// The rows of a process.
  private func rows(of rank: Int, _ product: Product) -> Range<Int> {
    let count = product.rows * product.columns * communicator.size
    let first = communicator.part(of: count, rank: rank).lowerBound / product.columns
    return first..<first + product.rows
  }

  /// Writes the factors that the other processes need.
  private func write(_ terms: [Tensor?], _ product: Product, to start: Int) {
    let rank = communicator.rank
    for (shard, term) in terms.enumerated() {
      guard let (x, dy) = term?.factors else { continue }
      let place = start + product.start(of: shard, of: rank)
      unsafe dy.withUnsafePointer { values in
        unsafe memory.floats(of: rank, from: place).update(from: values, count: dy.count)
      }
      let width = x.shape[1]
      for other in 0..<communicator.size where other != rank {
        let first = rows(of: other, product).lowerBound
        let target = unsafe Shared(
          memory.floats(of: rank, from: place + product.start(ofRowsOf: other, shard, of: rank)))
        unsafe x.withUnsafePointer { values in
          let source = unsafe Shared(values + first)
          let count = product.rows
          parallel(over: 0..<x.shape[0], grain: max(1, grain / count)) { start, examples in
            for example in start..<start + examples {
              unsafe (target + example * count).update(
                from: source + example * width, count: count)
            }
          }
        }
        communicator.noteRead(x.shape[0] * (product.rows + product.columns))
      }
    }
  }

  /// Computes the rows of this process of the products of all shards, and adds them.
  private func sum(of terms: [Tensor?], _ product: Product, from start: Int) -> Tensor {
    var all: [Tensor?] = []
    for rank in 0..<communicator.size {
      for (shard, count) in product.examples[rank].enumerated() {
        if rank == communicator.rank {
          all.append(terms[shard]?.rowsOfProduct(rows(of: rank, product)))
        } else if count == 0 {
          all.append(nil)
        } else {
          let place = start + product.start(of: shard, of: rank)
          let x = memory.tensor(
            of: rank, from: place + product.start(ofRowsOf: communicator.rank, shard, of: rank),
            shape: [count, product.rows])
          let dy = memory.tensor(of: rank, from: place, shape: [count, product.columns])
          all.append(Tensor(productOf: x, dy))
        }
      }
    }
    return Tensor.treeSum(of: all, shape: [product.rows, product.columns])
  }
}

/// The number of floats in two lines of a cache, so that no line belongs to two variables.
let lineSize = 32

/// The number of floats in a part of a loop.
private let grain = 1 << 16
