import Synchronization
public import Tensors

/// A lazy sequence of images with their labels, with the semantics of TensorFlow's `tf.data`.
///
/// Each operation returns a new dataset; elements are made when an iterator hands them out:
///
///     let batches = try Dataset(train).shuffle(bufferSize: 10_000, seed: 1).batch(32).prefetch(2)
///     for (images, labels) in batches {  // [32, 28, 28, 1] and [32]
///
/// Each `for` loop is another iteration, with another order if the dataset is shuffled. Copies of
/// a dataset count iterations together, and an operation returns a dataset that counts from 0.
public struct Dataset: Sequence, Sendable {
  /// An image with its label, or a batch of both.
  public typealias Element = (Tensor, Tensor)

  let stage: any Stage
  let recipe: Recipe

  /// How many elements are made ahead.
  let prefetchCount: Int

  private let iterations = IterationCounter()

  init(stage: any Stage, recipe: Recipe, prefetchCount: Int) {
    self.stage = stage
    self.recipe = recipe
    self.prefetchCount = prefetchCount
  }

  private init(_ source: Source) {
    self.init(
      stage: SourceStage(exampleCount: source.count), recipe: .example(of: source),
      prefetchCount: 0)
  }

  /// Creates a dataset of the parts of two tensors, as `tf.data.Dataset.from_tensor_slices` does.
  ///
  /// - Parameters:
  ///   - images: The images, shape `[count, …]`.
  ///   - labels: The labels, shape `[count, …]`.
  /// - Throws: ``DatasetError/invalidArgument(_:)`` if the tensors have no axis or their counts
  ///   differ.
  public init(images: Tensor, labels: Tensor) throws(DatasetError) {
    guard let imageCount = images.shape.first, let labelCount = labels.shape.first,
      imageCount == labelCount
    else {
      throw .invalidArgument(
        "Images of shape \(images.shape) and labels of shape \(labels.shape) are not pairs")
    }
    self.init(.tensors(images: images.withoutGradient, labels: labels.withoutGradient))
  }

  /// Creates a dataset of pictures, which stay bytes until an element or batch of them is made.
  ///
  /// - Parameter set: The pictures; an element is a tensor of shape `[height, width, 1]`, pixels in
  ///   `0...1`, and the class as a scalar.
  public init(_ set: ImageSet) {
    self.init(.images(set))
  }

  /// The number of elements of each iteration; `nil` if there is no end.
  public var count: Int? { stage.count }

  /// Starts the next iteration.
  ///
  /// - Returns: An iterator at the first element.
  public func makeIterator() -> Iterator {
    Iterator(self, at: Position(iteration: iterations.next(), elements: 0))
  }

  /// Goes on in the middle of an iteration; the one after it will be the next to start.
  ///
  /// - Parameter position: Where an iterator over an equal dataset was, see ``Iterator/position``.
  /// - Returns: An iterator that hands out exactly the elements that were left.
  /// - Throws: ``DatasetError/invalidArgument(_:)`` if an iteration has no such position.
  /// - Complexity: A few nanoseconds for each example before the position if the dataset is
  ///   shuffled, whole passes of ``repeat(_:)`` excepted; no element is made.
  public func makeIterator(at position: Position) throws(DatasetError) -> Iterator {
    // Half of all integers are refused so that counting on from here cannot overflow.
    guard position.iteration >= 0 && (0...Int.max / 2).contains(position.elements) else {
      throw .invalidArgument(
        "There is no element \(position.elements) of iteration \(position.iteration)")
    }
    if let count, position.elements > count {
      throw .invalidArgument(
        "Cannot go on after \(position.elements) elements: an iteration has \(count)")
    }
    iterations.proceed(after: position.iteration)
    return Iterator(self, at: position)
  }

  /// Returns a dataset with another order of the same elements, or fewer or more of them.
  func with(_ stage: any Stage) -> Dataset {
    Dataset(stage: stage, recipe: recipe, prefetchCount: prefetchCount)
  }
}

/// Numbers the iterations over a dataset and its copies.
private final class IterationCounter: Sendable {
  private let count = Atomic<Int>(0)

  func next() -> Int {
    count.wrappingAdd(1, ordering: .relaxed).oldValue
  }

  func proceed(after iteration: Int) {
    count.store(iteration &+ 1, ordering: .relaxed)
  }
}
