/// The role of a file in a run.
///
/// See ``TrainingError`` for an example.
public enum FileRole: Equatable, Sendable {
  /// The checkpoint.
  case checkpoint

  /// The checkpoint of the best epoch.
  case best

  /// The log.
  case log

  /// An event file for TensorBoard.
  case tensorBoard

  /// A plot.
  case plots

  /// The exported weights.
  case weights

  /// The file from which the run resumes.
  case resumed

  /// A file of the data.
  case data

  /// The file that receives standard output or standard error.
  case standardStream
}
