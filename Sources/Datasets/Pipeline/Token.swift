/// A lazy element of a pipeline: the indices of the examples that it consists of.
///
/// Stages pass tokens, so that a shuffle buffer holds integers, and seeking to a position replays
/// integers. Only returned elements are created, by the pipeline's ``Recipe``.
enum Token: Sendable {
  /// The example at an index of the source.
  case example(Int)

  /// A batch of tokens.
  case batch([Token])

  /// A token with the iteration over the dataset in which it is returned.
  indirect case iteration(Int, Token)

  /// The indexes of all examples, in order.
  var examples: [Int] {
    switch self {
    case .example(let index): [index]
    case .batch(let tokens): tokens.flatMap(\.examples)
    case .iteration(_, let token): token.examples
    }
  }

  /// The number of leading axes that batches add to an element.
  var depth: Int {
    switch self {
    case .example: 0
    case .batch(let tokens): 1 + (tokens.first?.depth ?? 0)
    case .iteration(_, let token): token.depth
    }
  }
}
