import Preconditions
public import Tensors

/// The sum of the gradients of the parts (shards) of a batch, over all processes of a job.
///
/// The shards are added in one binary tree that depends on their number only. So the sum has the
/// same bits for every number of processes, and for one process alone.
///
/// The changes of variables that the shards change without gradients, such as the moving averages
/// of a batch normalization, are added in the same way.
///
/// Large gradients are exchanged where they are, and small ones together in one message. Large ones
/// can be exchanged while the backward pass goes on: see `GradientSum+Overlapping.swift`. Of the
/// kernel of a dense layer, the factors are exchanged instead if they are smaller: see
/// `GradientSum+Factors.swift`. Of a variable that is divided, each process gets only the sum of
/// its part: see `DividedVariable`.
///
/// ```swift
/// let sum = GradientSum(of: model.trainableVariables, over: ranks)
/// sum.begin()
/// for (images, labels) in shards {  // this process's parts of the batch
///   let loss = withGradientTape { crossEntropy(labels, model(images, training: true)) }
///   sum.add(loss.gradients(), weight: 1 / Float(shards.count * ranks.size))
/// }
/// optimizer.apply(try sum.finish(), to: model.trainableVariables)  // the same in all processes
/// ```
public final class GradientSum {
  let communicator: Communicator
  let variables: [Variable]
  private let averages: [Variable]
  /// The divided variables, by their index.
  let divided: [Int: DividedVariable]
  private var start: [Tensor]
  private(set) var shards: [Shard] = []
  private let scratch: FloatBuffer

  /// The large gradients that are exchanged on their own.
  let overlap: Overlap

  /// Memory for the factors of all processes.
  var factors = FloatBuffer(0)

  /// What a shard contributes; without examples, only zeros.
  struct Shard {
    var gradients: Gradients?
    var changes: [Tensor] = []
  }

  /// The number of floats in a sum: those of the gradients and averages, and one for each gradient
  /// that says whether there is one.
  public let floatCount: Int

  /// The number of elements from which a gradient is a message of its own.
  static let largeCount = 1 << 14

  /// Whether the gradient of a variable is a message of its own, and not exchanged as factors.
  ///
  /// - Parameters:
  ///   - variable: The variable.
  ///   - batchSize: The number of examples in the batches of all processes.
  /// - Returns: Whether all processes exchange their sums of it.
  package static func exchangesSum(of variable: Variable, batchSize: Int) -> Bool {
    let shape = variable.shape
    return shape.elementCount >= largeCount
      && !(shape.count == 2 && batchSize * (shape[0] + shape[1]) <= shape.elementCount)
  }

  /// Prepares a sum.
  ///
  /// - Parameters:
  ///   - variables: The variables of the gradients.
  ///   - averages: The variables that shards change without gradients.
  ///   - communicator: The processes.
  public convenience init(
    of variables: [Variable], averages: [Variable] = [], over communicator: Communicator
  ) {
    self.init(of: variables, averages: averages, divided: [], over: communicator)
  }

  /// Prepares a sum of which each process gets only parts.
  ///
  /// - Parameters:
  ///   - variables: The variables of the gradients.
  ///   - averages: The variables that shards change without gradients.
  ///   - divided: Some of `variables`. ``finish()`` returns gradients with respect to their parts.
  ///   - communicator: The processes.
  package init(
    of variables: [Variable], averages: [Variable], divided: [DividedVariable],
    over communicator: Communicator
  ) {
    (self.communicator, self.variables, self.averages) = (communicator, variables, averages)
    let indices = variables.indices
    self.divided = divided.reduce(into: [:]) { result, divided in
      guard let index = indices.first(where: { variables[$0] === divided.whole }) else { return }
      result[index] = divided
    }
    let counts = (variables + averages).map(\.shape.elementCount)
    floatCount = counts.reduce(variables.count, +)
    let parts = self.divided
    // Dense kernels that are not divided may be exchanged as factors.
    let overlapped = indices.filter {
      counts[$0] >= Self.largeCount && (parts[$0] != nil || variables[$0].shape.count != 2)
    }
    let overlap = Overlap(
      communicator.size > 1 ? overlapped : [], of: variables, divided: parts, over: communicator)
    self.overlap = overlap
    let large = counts.indices.filter { counts[$0] >= Self.largeCount }
    let rest = floatCount - large.reduce(0) { $0 + counts[$1] }
    let others = large.filter { !overlap.contains($0) }.map { counts[$0] }
    let largest = max(rest, others.max() ?? 0)
    scratch = FloatBuffer(communicator.size > 1 ? (largest + 1) / 2 : 0)
    start = averages.map(\.value)
  }

  /// Records the values that the shards of the next batch start with.
  public func begin() {
    start = averages.map(\.value)
    shards = []
    overlap.reset()
  }

  /// Adds a shard of this process, and resets the averages that it has changed.
  ///
  /// - Parameters:
  ///   - gradients: The gradients of the shard's part of the loss; `nil` for a shard without
  ///     examples.
  ///   - weight: The share of the shard's examples in the batch, with which its changes of the
  ///     averages count.
  public func add(_ gradients: Gradients?, weight: Float) {
    guard let gradients else { return shards.append(Shard()) }
    let changes = zip(averages, start).map { average, start in
      let change = (average.value - start) * weight
      average.value = start
      return change
    }
    shards.append(Shard(gradients: gradients, changes: changes))
  }

  /// Adds the shards of all processes, and gives the averages their new values.
  ///
  /// - Returns: The gradients of the whole batch.
  /// - Throws: ``RankError`` if the processes cannot exchange them.
  /// - Precondition: The number of shards of this process is a power of two.
  public func finish() throws(RankError) -> Gradients {
    let shards = takeShards()
    overlap.begin(shards.map(\.gradients))
    // Before any exchange that waits: others may wait for the next round of a sum in this process.
    var large = try overlap.finish()
    let factored = try gatherFactors(of: shards)
    // Whether there is a gradient, the small ones, and the small averages.
    var small = variables.map { variable in
      let flags = shards.map { Tensor($0.gradients?[variable] == nil ? 0 : 1) }
      return Tensor.treeSum(of: flags, shape: []).reshaped([1])
    }
    for (index, variable) in (variables + averages).enumerated() where !overlap.contains(index) {
      if let all = factored[index] {
        large[index] = Tensor.treeSum(of: all, shape: variable.shape)
        continue
      }
      let terms = shards.map { shard in
        index < variables.count
          ? shard.gradients?[variable]
          : shard.gradients.map { _ in shard.changes[index - variables.count] }
      }
      var sum = Tensor.treeSum(of: terms, shape: variable.shape)
      if sum.count < Self.largeCount {
        small.append(sum.reshaped([sum.count]))
      } else {
        try add(&sum)
        large[index] = sum
      }
    }
    var rest = Tensor(concatenating: small, axis: 0)
    try add(&rest)

    var gradients = Tensor(0).gradients()
    var place = variables.count
    for (index, variable) in (variables + averages).enumerated() {
      let sum: Tensor
      if let known = large[index] {
        sum = known
      } else {
        let count = variable.shape.elementCount
        sum = rest.slice(place..<place + count, axis: 0).reshaped(variable.shape)
        place += count
      }
      if index >= variables.count {
        variable.value = start[index - variables.count] + sum
      } else if rest[index] > 0 {
        gradients[divided[index]?.part ?? variable] = sum
      }
    }
    return gradients
  }

  /// Gives up the sum of this batch, as all processes do.
  ///
  /// - Throws: ``RankError`` if the processes cannot exchange what they have begun to.
  package func discard() throws(RankError) {
    overlap.begin(takeShards().map(\.gradients))
    _ = try overlap.finish()
  }

  private func takeShards() -> [Shard] {
    defer { shards = [] }
    require(
      !shards.isEmpty && shards.count & (shards.count - 1) == 0,
      "The number of shards must be a power of two, but is \(shards.count).")
    return shards
  }

  /// Adds the sums of the other processes.
  private func add(_ sum: inout Tensor) throws(RankError) {
    guard communicator.size > 1 else { return }
    let count = sum.count
    try unsafe sum.withUnsafeMutablePointer { values throws(RankError) in
      try unsafe communicator.sum(
        UnsafeMutableBufferPointer(start: values, count: count), scratch: scratch.floats)
    }
  }
}

extension Communicator {
  /// Adds gradients over all processes, in a binary tree of the ranks.
  ///
  /// ```swift
  /// let ranks = try Communicator.start()
  /// let loss = withGradientTape {
  ///   crossEntropy(labels, model(images, training: true)) / Float(ranks.size)
  /// }
  /// let gradients = try ranks.sum(loss.gradients(), of: model.trainableVariables)
  /// optimizer.apply(gradients, to: model.trainableVariables)
  /// ```
  ///
  /// - Parameters:
  ///   - gradients: The gradients of this process.
  ///   - variables: Their variables, in the same order in all processes.
  /// - Returns: The sums.
  /// - Throws: ``RankError`` if the processes cannot exchange them.
  public func sum(
    _ gradients: Gradients, of variables: [Variable]
  ) throws(RankError) -> Gradients {
    let sum = GradientSum(of: variables, over: self)
    sum.add(gradients, weight: 1)
    return try sum.finish()
  }
}
