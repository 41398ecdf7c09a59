import Preconditions
import Tensors

extension Dataset {
  /// Augments the images at random, with another result in each iteration.
  ///
  /// The random numbers of an image are a function of the seed, the iteration and the index of the
  /// example in the source. They do not depend on the order of the examples, the batch size, the
  /// number of threads or the position at which an iteration was resumed. Passes of
  /// ``repeat(_:file:line:)`` have different results only if `augment` precedes it.
  ///
  /// ```swift
  /// let batches = Dataset(train).augment(recipe, seed: 1)
  ///   .shuffle(bufferSize: 10_000, seed: 1).batch(32).prefetch(2)
  /// ```
  ///
  /// - Parameters:
  ///   - recipe: The operations. Elements must be images of shape `[height, width]` or
  ///     `[height, width, channels]` with pixels in `0...1`, or batches of them.
  ///   - seed: The random seed; `nil` draws one from the system now.
  /// - Returns: A dataset of the augmented images with the same labels.
  public func augment(_ recipe: AugmentationRecipe, seed: UInt64? = nil) -> Dataset {
    let operation = "augment(\(recipe), seed: \(Self.text(ofSeed: seed)))"
    guard recipe != .none else { return with(stage, operation) }
    var system = SystemRandomNumberGenerator()
    return Dataset(
      stage: AugmentStage(upstream: stage),
      recipe: .augment(self.recipe, Augmenter(recipe, seed: seed ?? system.next())),
      prefetchCount: prefetchCount, operations: operations + [operation])
  }
}

/// Marks each token with the iteration.
private struct AugmentStage: Stage {
  let upstream: any Stage

  var count: Int? { upstream.count }
  var shuffleCount: Int { upstream.shuffleCount }

  func makeCursor(iteration: Int) -> any Cursor {
    Marked(upstream: upstream.makeCursor(iteration: iteration), iteration: iteration)
  }

  private struct Marked: Cursor {
    var upstream: any Cursor
    let iteration: Int

    mutating func next() -> Token? {
      upstream.next().map { .iteration(iteration, $0) }
    }

    mutating func skip(_ count: Int) { upstream.skip(count) }
  }
}

extension Token {
  /// The token inside a mark.
  var withoutIteration: Token {
    guard case .iteration(_, let token) = self else { return self }
    return token
  }
}

extension Augmenter {
  /// Augments the images of an element.
  ///
  /// - Parameters:
  ///   - element: An image, or a batch of images.
  ///   - tokens: The marked tokens of the parts of the element.
  ///   - depth: The number of leading axes that batches add to the images.
  /// - Returns: The augmented images with the same labels.
  func augmented(_ element: Dataset.Element, of tokens: [Token], depth: Int) -> Dataset.Element {
    let (images, labels) = element
    let examples = tokens.flatMap { token in
      let iteration = if case .iteration(let iteration, _) = token { iteration } else { 0 }
      return token.examples.map { Example(index: $0, epoch: iteration) }
    }
    let image = images.shape.dropFirst(depth)
    require(
      image.count == 2 || image.count == 3,
      """
      augment: the elements must be images of shape [height, width] or [height, width, \
      channels], but their shape is \(Array(image)).
      """)
    let batch = Shape([examples.count] + image + (image.count == 2 ? [1] : []))
    return (augmented(images.reshaped(batch), examples).reshaped(images.shape), labels)
  }
}
