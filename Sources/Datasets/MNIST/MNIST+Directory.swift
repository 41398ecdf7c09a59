import Files
import Glibc

extension MNIST {
  /// Finds the folder with the four MNIST files.
  ///
  /// Searches, in this order: `named`; `CAIRN_DATA`; `samples/mnist` in the working directory;
  /// `share/cairn/mnist` of the installation; `samples/mnist` of the package that
  /// contains the executable; `cairn/mnist` in the user's cache. A folder given by `named` or
  /// `CAIRN_DATA` must contain the files; the others are then not searched.
  ///
  /// - Parameters:
  ///   - named: The folder that the user named; `nil` for none.
  ///   - environment: The environment variables `CAIRN_DATA`, `XDG_CACHE_HOME` and `HOME`; empty
  ///     values are ignored.
  ///   - workingDirectory: The base of relative paths.
  ///   - executable: The absolute path of the running program, with symbolic links resolved.
  /// - Returns: The first folder that contains the files.
  /// - Throws: ``DatasetError/unreadable(path:reason:)`` or
  ///   ``DatasetError/incomplete(directory:missing:setting:)`` for a named folder, or
  ///   ``DatasetError/notFound(tried:)`` if no folder was named and none contains the files.
  public static func directory(
    named: String? = nil, environment: [String: String], workingDirectory: String,
    executable: String
  ) throws(DatasetError) -> String {
    func setting(_ name: String) -> String? {
      environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
    func absolute(_ path: String) -> String {
      path.hasPrefix("/") ? path : join(workingDirectory, path)
    }
    if let named {
      let directory = absolute(named)
      _ = try MNISTFiles(in: directory)
      return directory
    }
    if let named = setting("CAIRN_DATA") {
      let directory = absolute(named)
      _ = try MNISTFiles(in: directory, setting: "CAIRN_DATA")
      return directory
    }
    let folder = parent(of: executable)
    var candidates = [
      join(workingDirectory, "samples/mnist"),
      join(Installation.sharedFolder(of: executable), "mnist"),
    ]
    if let package = package(around: folder) {
      candidates.append(join(package, "samples/mnist"))
    }
    // The XDG specification requires ignoring relative paths.
    if let cache = setting("XDG_CACHE_HOME"), cache.hasPrefix("/") {
      candidates.append(join(cache, "cairn/mnist"))
    } else if let home = setting("HOME") {
      candidates.append(join(home, ".cache/cairn/mnist"))
    }
    var tried: [String] = []
    for candidate in candidates where !tried.contains(candidate) {
      if (try? MNISTFiles(in: candidate)) != nil { return candidate }
      tried.append(candidate)
    }
    throw .notFound(tried: tried)
  }

  /// Returns the nearest folder with a package manifest: `folder` or one of its parents.
  private static func package(around folder: String) -> String? {
    var folder = folder
    while unsafe access(join(folder, "Package.swift"), F_OK) != 0 {
      guard folder.count > 1 else { return nil }
      folder = parent(of: folder)
    }
    return folder
  }

  /// Returns the parent folder of a path; the parent of `/` is `/`.
  private static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return "/" }
    return String(path[..<slash])
  }

  private static func join(_ folder: String, _ path: String) -> String {
    folder.hasSuffix("/") ? folder + path : "\(folder)/\(path)"
  }
}
