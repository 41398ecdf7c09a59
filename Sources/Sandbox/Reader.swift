/// The process that reads a file of a stranger.
///
/// Libraries for formats such as HDF5 and JPEG trust the content of files in places, and a file can
/// be made to use that.
///
/// ```swift
/// var options = LoadingOptions()
/// options.reader = .unconfined  // for files of one's own: no process without rights reads them
/// let source = try DataSource(opening: "\(packageDirectory)/samples/mnist", options: options)
/// ```
public enum Reader: Equatable, Sendable {
  /// A process without rights: it opens no other file, writes nothing, reaches no network, and a
  /// crash in it is an error of the file.
  case sandboxed
  /// The process that calls. For files of trusted origin, where a millisecond matters.
  case unconfined
}
