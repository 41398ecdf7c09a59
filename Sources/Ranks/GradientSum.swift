import Preconditions
public import Tensors

/// The sum of the gradients of the parts (shards) of a batch, over all processes of a job.
///
/// The shards are added in one binary tree that depends on their number only. So the sum has the
/// same bits for every number of processes, and for one process alone.
///
/// The changes of variables that the shards change without gradients, such as the moving averages
/// of a batch normalization, are added in the same way.
public final class GradientSum {
  private let communicator: Communicator
  private let variables: [Variable]
  private let averages: [Variable]
  /// The place of each variable in a buffer, after a float for each that says whether there is a
  /// gradient.
  private let places: [Range<Int>]
  private var sum: TreeSum
  private var start: [Tensor]

  /// The number of floats in a sum: those of the gradients and averages, and one for each gradient
  /// that says whether there is one.
  public let floatCount: Int

  /// Prepares a sum.
  ///
  /// - Parameters:
  ///   - variables: The variables of the gradients.
  ///   - averages: The variables that shards change without gradients.
  ///   - communicator: The processes.
  public init(
    of variables: [Variable], averages: [Variable] = [], over communicator: Communicator
  ) {
    (self.communicator, self.variables, self.averages) = (communicator, variables, averages)
    var place = variables.count
    places = (variables + averages).map { variable in
      defer { place += variable.shape.elementCount }
      return place..<place + variable.shape.elementCount
    }
    floatCount = place
    sum = TreeSum(count: place)
    start = averages.map(\.value)
  }

  /// Records the values that the shards of the next batch start with.
  public func begin() { start = averages.map(\.value) }

  /// Adds a shard of this process, and resets the averages that it has changed.
  ///
  /// - Parameters:
  ///   - gradients: The gradients of the shard's part of the loss; `nil` for a shard without
  ///     examples.
  ///   - weight: The share of the shard's examples in the batch, with which its changes of the
  ///     averages count.
  public func add(_ gradients: Gradients?, weight: Float) {
    let (variables, averages, places) = (variables, averages, places)
    let start = start
    unsafe sum.add { buffer in
      for (index, variable) in variables.enumerated() {
        let gradient = gradients?[variable]
        unsafe buffer[index] = gradient == nil ? 0 : 1
        let part = unsafe UnsafeMutableBufferPointer(rebasing: buffer[places[index]])
        guard let gradient else {
          unsafe part.update(repeating: 0)
          continue
        }
        unsafe gradient.withUnsafePointer { values in
          _ = unsafe part.update(
            fromContentsOf: UnsafeBufferPointer(start: values, count: part.count))
        }
      }
      for (index, average) in averages.enumerated() {
        let place = places[variables.count + index]
        let part = unsafe UnsafeMutableBufferPointer(rebasing: buffer[place])
        guard gradients != nil else {
          unsafe part.update(repeating: 0)
          continue
        }
        let change = (average.value - start[index]) * weight
        unsafe change.withUnsafePointer { values in
          _ = unsafe part.update(
            fromContentsOf: UnsafeBufferPointer(start: values, count: part.count))
        }
        average.value = start[index]
      }
    }
  }

  /// Adds the shards of all processes, and gives the averages their new values.
  ///
  /// - Returns: The gradients of the whole batch.
  /// - Throws: ``RankError`` if the processes cannot exchange them.
  public func finish() throws(RankError) -> Gradients {
    let communicator = communicator
    let (variables, averages, places, start) = (variables, averages, places, start)
    return try unsafe sum.take { sum, scratch throws(RankError) in
      try unsafe communicator.sum(sum, scratch: scratch)
      var gradients = Tensor(0).gradients()
      for (index, variable) in variables.enumerated() where unsafe sum[index] > 0 {
        gradients[variable] = unsafe tensor(sum[places[index]], variable.shape)
      }
      for (index, average) in averages.enumerated() {
        let place = places[variables.count + index]
        average.value = unsafe start[index] + tensor(sum[place], average.shape)
      }
      return gradients
    }
  }

  private func tensor(
    _ values: Slice<UnsafeMutableBufferPointer<Float>>, _ shape: Shape
  ) -> Tensor {
    unsafe Tensor(uninitialized: shape) { output in
      _ = unsafe output.initialize(fromContentsOf: values)
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
