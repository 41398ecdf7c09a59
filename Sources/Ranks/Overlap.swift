import Tensors
import Threads

/// The exchange of large gradients while this process computes.
///
/// Each gradient has a number of its own for its messages, so that processes may begin in different
/// orders: one whose last shard has no examples begins all of them at the end.
///
/// Only the thread that computes talks to the others, between the chunks of its parallel loops.
///
/// Processes that share memory exchange the gradients of divided variables there instead, at the
/// end.
final class Overlap {
  private let communicator: Communicator
  private let variables: [Variable]
  private let divided: [Int: DividedVariable]
  /// The indices of the variables, the last ones first: so their gradients become known.
  private let indices: [Int]
  private let tags: [Int: Int]
  private let indexOfVariable: [ObjectIdentifier: Int]

  /// The sums that have begun.
  private var sums: [Int: PendingSum] = [:]
  /// The indices of those that are not complete, the next one to look at first.
  private var queue: [Int] = []
  /// Memory for sums that begin later.
  private var free: [FloatBuffer] = []
  private var failure: RankError?

  /// The gradients in shared memory, once the processes have agreed on it; `nil` if they do not
  /// share any.
  private var shared: SharedGradients?
  private var hasAskedForMemory = false
  /// The sums of those of this batch.
  private var sharedSums: [Int: Tensor] = [:]

  private var isAdvancing = false
  private var lastLook = ContinuousClock.now

  /// The least time between two looks at the messages, which take a few microseconds.
  private static let pause = Duration.microseconds(50)

  /// Prepares the exchange.
  ///
  /// - Parameters:
  ///   - indices: The indices of the variables whose gradients are exchanged, the same in all
  ///     processes.
  ///   - variables: All variables.
  ///   - divided: Those of which each process gets only the sum of its part.
  ///   - communicator: The processes.
  init(
    _ indices: [Int], of variables: [Variable], divided: [Int: DividedVariable],
    over communicator: Communicator
  ) {
    (self.variables, self.divided, self.communicator) = (variables, divided, communicator)
    self.indices = indices.reversed()
    tags = Dictionary(
      uniqueKeysWithValues: zip(indices, communicator.reserveTags(indices.count)))
    indexOfVariable = Dictionary(
      uniqueKeysWithValues: indices.map { (ObjectIdentifier(variables[$0]), $0) })
  }

  /// Whether no gradient is exchanged here.
  var isEmpty: Bool { indices.isEmpty }

  /// Whether the gradient of a variable is exchanged here.
  func contains(_ index: Int) -> Bool { tags[index] != nil }

  /// Forgets all sums.
  func reset() { (sums, sharedSums, queue, failure) = ([:], [:], [], nil) }

  /// Begins to exchange the gradient of a variable, if that is done here.
  ///
  /// - Parameters:
  ///   - variable: The variable.
  ///   - earlier: The gradients of the earlier shards of this process; `nil` for shards without
  ///     examples.
  ///   - gradient: The gradient of the last shard.
  func begin(_ variable: ObjectIdentifier, after earlier: [Gradients?], _ gradient: Tensor) {
    guard let index = indexOfVariable[variable], !isShared(index) else { return }
    begin(index, earlier.map { $0?[variables[index]] } + [gradient])
  }

  /// Begins to exchange the gradients that are not under way.
  ///
  /// On one machine, each is exchanged at once, while it is in the caches.
  ///
  /// - Parameter shards: The gradients of all shards of this process.
  func begin(_ shards: [Gradients?]) {
    do throws(RankError) { try share(shards) } catch { failure = error }
    progressing {
      for index in indices where sums[index] == nil && sharedSums[index] == nil {
        begin(index, shards.map { $0?[variables[index]] })
        if !communicator.overlapsExchanges { complete(index) }
      }
    }
  }

  /// Whether the gradient of a variable may be exchanged in shared memory.
  private func isShared(_ index: Int) -> Bool {
    communicator.sharesMemory && divided[index] != nil
  }

  /// Adds the gradients in shared memory, if there is any.
  private func share(_ shards: [Gradients?]) throws(RankError) {
    if failure != nil { return }
    if !hasAskedForMemory, communicator.sharesMemory {
      hasAskedForMemory = true
      shared = try SharedGradients(
        indices.filter(isShared), of: variables, shardCount: shards.count, over: communicator)
    }
    if let shared { sharedSums = try shared.sums(of: shards) }
  }

  private func begin(_ index: Int, _ terms: [Tensor?]) {
    guard failure == nil, let tag = tags[index] else { return }
    let shape = variables[index].shape
    let own = Tensor.treeSum(of: terms, shape: shape)
    let half = (own.count + 1) / 2
    let scratch =
      free.firstIndex { $0.count >= half }.map { free.remove(at: $0) } ?? FloatBuffer(half)
    sums[index] = PendingSum(
      of: consume own, scratch: scratch, partShape: divided[index]?.part.shape, tag: tag,
      over: communicator)
    if !advance(index) { queue.append(index) }
  }

  /// Runs a computation, and goes on with the sums between the chunks of its loops.
  func progressing<Result>(_ operation: () -> Result) -> Result {
    guard communicator.overlapsExchanges, !isEmpty else { return operation() }
    return LoopPauses.doing({ [unowned self] in look() }, during: operation)
  }

  /// Goes on with the sums, unless that was done just before.
  private func look() {
    guard !queue.isEmpty, !isAdvancing, ContinuousClock.now - lastLook >= Self.pause else { return }
    advance()
    lastLook = .now
  }

  /// Goes on with the sums as far as messages have arrived.
  ///
  /// One look at a message that has not arrived lets all messages make progress, and is enough.
  private func advance() {
    // Adding what has arrived is a loop too, between whose chunks this is called.
    isAdvancing = true
    defer { isAdvancing = false }
    while failure == nil, let index = queue.first {
      queue.removeFirst()
      guard advance(index) else { return queue.append(index) }
    }
  }

  /// Goes on with a sum.
  ///
  /// - Returns: Whether it has ended.
  private func advance(_ index: Int, waiting: Bool = false) -> Bool {
    guard let sum = sums[index] else { return true }
    do throws(RankError) {
      guard try sum.advance(waiting: waiting) else { return false }
      free.append(sum.scratch)
    } catch {
      failure = error
    }
    return true
  }

  /// Completes all sums, in the same order in all processes.
  ///
  /// - Returns: The sums, by the indices of their variables.
  /// - Throws: ``RankError/communication(_:)``, also of a sum that could not begin.
  func finish() throws(RankError) -> [Int: Tensor] {
    defer { reset() }
    for index in indices { complete(index) }
    if let failure { throw failure }
    return sums.mapValues(\.result).merging(sharedSums) { $1 }
  }

  /// Waits until a sum has ended, and goes on with the others meanwhile.
  private func complete(_ index: Int) {
    while failure == nil, let place = queue.firstIndex(of: index) {
      queue.remove(at: place)
      if !advance(index, waiting: true) { queue.append(index) }
      advance()
    }
  }
}
