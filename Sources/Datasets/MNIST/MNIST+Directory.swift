import Glibc
import SystemPaths

extension MNIST {
  /// Finds the folder with the four files.
  ///
  /// Looked at are, in this order: the folder that the user named; `CAIRN_DATA`; `samples/mnist` in
  /// the working directory; `../share/cairn/mnist` beside the executable; `samples/mnist` of the
  /// package that the executable was built in; `cairn/mnist` in the user's cache. A folder
  /// that the user or `CAIRN_DATA` named must have the files: no other is tried in its place.
  ///
  /// - Parameters:
  ///   - named: The folder that the user named, if any.
  ///   - environment: The environment: `CAIRN_DATA`, `XDG_CACHE_HOME` and `HOME` are looked up; an
  ///     empty value counts as none.
  ///   - workingDirectory: What relative paths start from.
  ///   - executable: The absolute path of the running program, links resolved.
  /// - Returns: The first folder that has the files.
  /// - Throws: ``DatasetError/unreadable(path:reason:)`` or
  ///   ``DatasetError/incomplete(directory:missing:setting:)`` about a folder that was named,
  ///   ``DatasetError/notFound(tried:)`` if none was named and none has the files.
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
      join(workingDirectory, "samples/mnist"), join(parent(of: folder), "share/cairn/mnist"),
    ]
    if let package = package(around: folder) {
      candidates.append(join(package, "samples/mnist"))
    }
    // The specification of XDG_CACHE_HOME says to ignore a relative path.
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

  /// Returns the nearest folder, `folder` itself or around it, that holds a package manifest.
  private static func package(around folder: String) -> String? {
    var folder = folder
    while access(join(folder, "Package.swift"), F_OK) != 0 {
      guard folder.count > 1 else { return nil }
      folder = parent(of: folder)
    }
    return folder
  }

  /// Returns the folder that a path lies in; `/` lies in itself.
  private static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return "/" }
    return String(path[..<slash])
  }

  private static func join(_ folder: String, _ path: String) -> String {
    folder.hasSuffix("/") ? folder + path : "\(folder)/\(path)"
  }
}
