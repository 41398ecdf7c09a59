/// What a file is to a run.
public enum FileRole: Equatable, Sendable {
  /// The checkpoint.
  case checkpoint

  /// The checkpoint of the best epoch.
  case best

  /// The log.
  case log

  /// The weights alone.
  case weights

  /// The file that the run resumes from.
  case resumed

  /// A file of the data.
  case data

  /// The file that standard output or standard error goes to.
  case standardStream
}
