import Preconditions
import Tensors

/// A recipe that creates an element from its token.
///
/// Operations that change elements extend the recipe of the pipeline; operations that only select
/// or reorder elements do not.
indirect enum Recipe: Sendable {
  case example(of: Source)
  case map(Recipe, @Sendable (Dataset.Element) -> Dataset.Element)
  case batch(of: Recipe)
  case augment(Recipe, Augmenter)

  /// The source of all examples.
  var source: Source {
    switch self {
    case .example(let source): source
    case .map(let recipe, _), .batch(let recipe), .augment(let recipe, _): recipe.source
    }
  }

  /// Creates the element of a token.
  func make(_ token: Token) -> Dataset.Element {
    switch (self, token) {
    case (.example(let source), .example(let index)):
      return source.example(at: index)
    case (.map(let recipe, let transform), _):
      return transform(recipe.make(token))
    case (.batch(.example(let source)), .batch(let tokens)):
      return source.batch(
        of: tokens.map { token in
          guard case .example(let index) = token else { fail(Self.mismatch) }
          return index
        })
    case (.augment(let recipe, let augmenter), .iteration(_, let inner)):
      return augmenter.augmented(recipe.make(inner), of: [token], depth: inner.depth)
    case (.batch(.augment(let recipe, let augmenter)), .batch(let tokens)):
      // The same as augmenting each element, with all threads.
      let batch = Recipe.batch(of: recipe).make(.batch(tokens.map(\.withoutIteration)))
      return augmenter.augmented(batch, of: tokens, depth: token.depth)
    case (.batch(let recipe), .batch(let tokens)):
      let elements = tokens.map(recipe.make)
      return (.stack(elements.map(\.0)), .stack(elements.map(\.1)))
    case (.example, _), (.batch, _), (.augment, _):
      fail(Self.mismatch)
    }
  }

  /// Stages and recipes are always added together, so a mismatch is impossible.
  private static let mismatch = "Internal error: a token of another pipeline."
}
