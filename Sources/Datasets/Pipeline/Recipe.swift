import Preconditions
import Tensors

/// How an element is made from its token.
///
/// Each operation that changes elements adds to the recipe of the pipeline; those that only
/// choose or reorder elements leave it.
indirect enum Recipe: Sendable {
  case example(of: Source)
  case map(Recipe, @Sendable (Dataset.Element) -> Dataset.Element)
  case batch(of: Recipe)

  /// Makes the element that a token stands for.
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
    case (.batch(let recipe), .batch(let tokens)):
      let elements = tokens.map(recipe.make)
      return (.stack(elements.map(\.0)), .stack(elements.map(\.1)))
    case (.example, .batch), (.batch, .example):
      fail(Self.mismatch)
    }
  }

  /// A stage and the recipe are always added together, so this cannot happen.
  private static let mismatch = "Internal error: a token of another pipeline."
}
