import Preconditions
import Synchronization
public import Tensors

/// A lazy sequence of images with their labels, with the semantics of TensorFlow's `tf.data`.
///
/// Each operation returns a new dataset; elements are created lazily by iterators:
///
/// ```swift
/// let batches = Dataset(images: images, labels: labels)
///   .shuffle(bufferSize: 100, seed: 1).batch(32).prefetch(2)
/// for (images, labels) in batches {
///   print(images.shape, labels.shape)  // [32, 28, 28, 1] [32]; the last batch has 4 elements
/// }
/// ```
///
/// Each `for` loop is a new iteration, with a new order if the dataset is shuffled. Copies of a
/// dataset share the iteration count; a dataset returned by an operation starts from 0.
///
/// A dataset may be used from several threads at once: it is `Sendable`, and each iterator has its
/// own position. Invalid arguments are programmer errors, so that a pipeline needs no `try`.
public struct Dataset: Sequence, Sendable {
  /// An image with its label, or a batch of both.
  public typealias Element = (Tensor, Tensor)

  let stage: any Stage
  let recipe: Recipe

  /// The number of elements to prefetch.
  let prefetchCount: Int

  /// The operations of the pipeline in order, such as `shuffle(bufferSize: 10000, seed: 42)`,
  /// without ``prefetch(_:file:line:)``, which changes no element.
  ///
  /// Two datasets with equal operations and sources have the same elements, if the closures of
  /// ``map(_:)`` are the same.
  public let operations: [String]

  private let iterations = IterationCounter()

  init(stage: any Stage, recipe: Recipe, prefetchCount: Int, operations: [String] = []) {
    self.stage = stage
    self.recipe = recipe
    self.prefetchCount = prefetchCount
    self.operations = operations
  }

  private init(_ source: Source) {
    self.init(
      stage: SourceStage(exampleCount: source.count), recipe: .example(of: source),
      prefetchCount: 0)
  }

  /// Creates a dataset of slices of two tensors, like `tf.data.Dataset.from_tensor_slices`.
  ///
  /// - Parameters:
  ///   - images: The images, of shape `[count, …]`.
  ///   - labels: The labels, of shape `[count, …]`.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    images: Tensor, labels: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) {
    require(
      images.rank > 0 && images.shape.first == labels.shape.first,
      """
      Dataset: `images` and `labels` must have the same first extent, but their shapes are \
      \(images.shape) and \(labels.shape).
      """, file: file, line: line)
    self.init(.tensors(images: images.withoutGradient, labels: labels.withoutGradient))
  }

  /// Creates a dataset of images, which stay bytes until an element or batch is created.
  ///
  /// - Parameter set: The images. An element is a tensor of shape `[height, width, channels]`, with
  ///   bytes divided by 255, and the class as a scalar.
  public init(_ set: ImageSet) {
    self.init(.images(set))
  }

  /// The number of elements of each iteration; `nil` if it is infinite.
  public var count: Int? { stage.count }

  /// Starts the next iteration.
  ///
  /// - Returns: An iterator at the first element.
  public func makeIterator() -> Iterator {
    Iterator(self, at: Position(iteration: iterations.next(), elements: 0))
  }

  /// Resumes an iteration at a position; the next `makeIterator()` starts the iteration after it.
  ///
  /// - Parameter position: The ``Iterator/position`` of an iterator over an equal dataset.
  /// - Returns: An iterator over exactly the remaining elements.
  /// - Throws: ``DatasetError/invalidArgument(_:)`` if the position does not exist.
  /// - Complexity: For a shuffled dataset, a few nanoseconds for each example before the position,
  ///   except for whole passes of ``repeat(_:file:line:)``. No element is created.
  public func makeIterator(at position: Position) throws(DatasetError) -> Iterator {
    // Limited to half of the integer range, so that counting from here cannot overflow.
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

  /// Returns a dataset with another stage, which selects, repeats or reorders elements.
  func with(_ stage: any Stage, _ operation: String) -> Dataset {
    Dataset(
      stage: stage, recipe: recipe, prefetchCount: prefetchCount,
      operations: operations + [operation])
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

/// Stops the program unless a number of elements or passes is at least 0.
func requireCount(_ count: Int, of operation: String, file: StaticString, line: UInt) {
  require(
    count >= 0, "\(operation): `count` must be at least 0, but is \(count).", file: file,
    line: line)
}
