/// A lazy element of a pipeline: the indices of the examples that it consists of.
///
/// Stages pass tokens, so that a shuffle buffer holds integers, and seeking to a position replays
/// integers. Only returned elements are created, by the pipeline's ``Recipe``.
enum Token: Sendable {
  /// The example at an index of the source.
  case example(Int)

  /// A batch of tokens.
  case batch([Token])
}
