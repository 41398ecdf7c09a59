import Files

/// An error about data that cannot be found, read or used, or about an invalid pipeline.
///
/// ```swift
/// do {
///   _ = try DataSource(opening: "photos").load()
/// } catch DatasetError.badFiles(_, let files, let count) {
///   print("\(files.count) of \(count) files cannot be used, such as \(files[0])")
/// } catch {
///   print(error)  // such as a folder that does not exist
/// }
/// ```
public enum DatasetError: Error, Equatable, Sendable {
  /// A file or folder does not exist or cannot be read.
  case unreadable(path: String, reason: String)

  /// A named MNIST folder lacks some of the four files.
  ///
  /// `setting` is the environment variable that named the folder, if any.
  case incomplete(directory: String, missing: [String], setting: String?)

  /// None of the searched folders contains the four MNIST files.
  case notFound(tried: [String])

  /// A file is damaged, or its content is not usable.
  case damaged(path: String, reason: String)

  /// Some files of a folder of pictures cannot be used; with the number of all of its files.
  case badFiles(path: String, [BadFile], of: Int)

  /// Loading was stopped on request.
  case stopped

  /// An argument of an operation is invalid, such as a batch size of 0.
  case invalidArgument(String)
}

extension DatasetError: CustomStringConvertible {
  /// The number of bad files that are listed.
  private static let listedFiles = 20

  /// The error in one sentence with the file and the problem.
  public var description: String {
    switch self {
    case .unreadable(let path, let reason):
      return "Cannot read '\(path)': \(reason)".onOneLine
    case .incomplete(let directory, let missing, let setting):
      let origin = setting.map { ", which \($0) names," } ?? ""
      return "The folder '\(directory)'\(origin) does not hold MNIST; not there, plain or as .gz:"
        + missing.map { "\n  - " + $0.onOneLine }.joined()
    case .notFound(let tried):
      return "Cannot find MNIST; CAIRN_DATA can name its folder. These were tried:"
        + tried.map { "\n  - " + $0.onOneLine }.joined()
    case .damaged(let path, let reason):
      return "Cannot use '\(path)': \(reason)".onOneLine
    case .badFiles(let path, let files, let count):
      let list = files.prefix(Self.listedFiles).map { "\n  - " + "\($0)".onOneLine }.joined()
      let rest = files.count - Self.listedFiles
      return "Cannot use \(files.count) of \(count) files in '\(path)':" + list
        + (rest > 0 ? "\n  - and \(rest) more" : "")
    case .stopped:
      return "Loading was stopped"
    case .invalidArgument(let sentence):
      return sentence
    }
  }
}
