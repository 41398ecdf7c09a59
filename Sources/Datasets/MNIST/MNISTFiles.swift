import Glibc
import SystemPaths

/// The paths of the four files that MNIST consists of.
struct MNISTFiles {
  let trainImages: String
  let trainLabels: String
  let testImages: String
  let testLabels: String

  /// What the names begin with and end with; some archives have a dot between the two, not a dash.
  private static let parts = [
    ("train-images", "idx3-ubyte"), ("train-labels", "idx1-ubyte"),
    ("t10k-images", "idx3-ubyte"), ("t10k-labels", "idx1-ubyte"),
  ]

  /// The paths that one of the files may have, in the order in which they are tried.
  private static func paths(of part: (String, String), in directory: String) -> [String] {
    ["-", "."].flatMap { separator in
      ["", ".gz"].map { "\(directory)/\(part.0)\(separator)\(part.1)\($0)" }
    }
  }

  /// Every path in a folder that one of the files may have.
  static func paths(in directory: String) -> [String] {
    parts.flatMap { paths(of: $0, in: directory) }
  }

  /// Finds the files in a folder.
  ///
  /// - Parameters:
  ///   - directory: The folder.
  ///   - setting: The environment variable that named it, for the error.
  /// - Throws: ``DatasetError/unreadable(path:reason:)`` if there is no such folder,
  ///   ``DatasetError/incomplete(directory:missing:setting:)`` if it lacks some of the files.
  init(in directory: String, setting: String? = nil) throws(DatasetError) {
    var status = stat()
    guard stat(directory, &status) == 0 else {
      throw .unreadable(path: directory, reason: String(cString: strerror(errno)))
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw .unreadable(path: directory, reason: String(cString: strerror(ENOTDIR)))
    }
    var missing: [String] = []
    let files = MNISTFiles.parts.map { part in
      if let path = MNISTFiles.paths(of: part, in: directory).first(where: { access($0, F_OK) == 0 }
      ) {
        return path
      }
      missing.append("\(part.0)-\(part.1)")
      return ""
    }
    (trainImages, trainLabels, testImages, testLabels) = (files[0], files[1], files[2], files[3])
    guard missing.isEmpty else {
      throw .incomplete(directory: directory, missing: missing, setting: setting)
    }
  }
}
