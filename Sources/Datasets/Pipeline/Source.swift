import Tensors

/// The source of a pipeline's examples.
enum Source: Sendable {
  case tensors(images: Tensor, labels: Tensor)
  case images(ImageSet)

  /// The number of examples.
  var count: Int {
    switch self {
    case .tensors(let images, _): images.shape[0]
    case .images(let set): set.count
    }
  }

  /// The error of an example that could not be created.
  var failure: DatasetError? {
    switch self {
    case .tensors: nil
    case .images(let set): set.failure
    }
  }

  /// Creates one example: an image and its label, without a batch axis.
  func example(at index: Int) -> (Tensor, Tensor) {
    gather([index], leading: [])
  }

  /// Creates a batch of the examples at `indexes`, copying each example once.
  func batch(of indexes: [Int]) -> (Tensor, Tensor) {
    gather(indexes, leading: [indexes.count])
  }

  private func gather(_ indexes: [Int], leading: [Int]) -> (Tensor, Tensor) {
    switch self {
    case .tensors(let images, let labels):
      return (
        images.slices(at: indexes, shape: Shape(leading + images.shape.dropFirst())),
        labels.slices(at: indexes, shape: Shape(leading + labels.shape.dropFirst()))
      )
    case .images(let set):
      return (
        set.tensor(
          at: indexes, shape: Shape(leading + [set.height, set.width, set.channels])),
        Tensor(indexes.map { Float(set.classes[$0]) }, shape: Shape(leading))
      )
    }
  }
}

/// The first stage of a pipeline: returns the examples of a source in order.
struct SourceStage: Stage {
  let exampleCount: Int

  var count: Int? { exampleCount }
  var shuffleCount: Int { 0 }

  func makeCursor(iteration: Int) -> any Cursor { Position(end: exampleCount) }

  private struct Position: Cursor {
    let end: Int
    var index = 0

    mutating func next() -> Token? {
      guard index < end else { return nil }
      defer { index += 1 }
      return .example(index)
    }

    mutating func skip(_ count: Int) {
      index += min(count, end - index)
    }
  }
}
