/// An element of a pipeline that has not been made yet: integers that say what it is made from.
///
/// Pipelines pass tokens from stage to stage, so that a shuffle buffer holds integers, and going
/// to a position in the middle means replaying integers. Only the elements that are handed out are
/// made, by the pipeline's ``Recipe``.
enum Token: Sendable {
  /// The example at an index of the source.
  case example(Int)

  /// A batch of what the tokens stand for.
  case batch([Token])
}
