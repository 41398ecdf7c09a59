/// Data that cannot be found, read or used, or a pipeline that cannot be built.
public enum DatasetError: Error, Equatable, Sendable {
  /// A file or folder is not there, or the system does not let it be read.
  case unreadable(path: String, reason: String)

  /// A folder was named as the one that holds MNIST, but some of the four files are not in it.
  ///
  /// `setting` is the environment variable that named the folder, if one did.
  case incomplete(directory: String, missing: [String], setting: String?)

  /// None of the folders where MNIST may be has the four files.
  case notFound(tried: [String])

  /// A file was read, but what it holds is damaged or does not fit.
  case damaged(path: String, reason: String)

  /// An operation was asked for something that does not exist, such as batches of no elements.
  case invalidArgument(String)
}

extension DatasetError: CustomStringConvertible {
  /// One sentence that names the file and what is wrong.
  public var description: String {
    switch self {
    case .unreadable(let path, let reason):
      return "Cannot read '\(path)': \(reason)"
    case .incomplete(let directory, let missing, let setting):
      let origin = setting.map { ", which \($0) names," } ?? ""
      return "The folder '\(directory)'\(origin) does not hold MNIST; not there, plain or as .gz:"
        + missing.map { "\n  - \($0)" }.joined()
    case .notFound(let tried):
      return "Cannot find MNIST; name its folder with --data or CAIRN_DATA. These were tried:"
        + tried.map { "\n  - \($0)" }.joined()
    case .damaged(let path, let reason):
      return "Cannot use '\(path)': \(reason)"
    case .invalidArgument(let sentence):
      return sentence
    }
  }
}
