import Glibc
import SystemPaths

/// The paths of the four files that MNIST consists of.
struct MNISTFiles {
  let trainImages: String
  let trainLabels: String
  let testImages: String
  let testLabels: String

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
    func find(_ stem: String, _ suffix: String) -> String {
      // Some archives name the files with a dot, `train-images.idx3-ubyte`.
      for name in ["\(stem)-\(suffix)", "\(stem).\(suffix)"] {
        for path in ["\(directory)/\(name)", "\(directory)/\(name).gz"]
        where access(path, F_OK) == 0 {
          return path
        }
      }
      missing.append("\(stem)-\(suffix)")
      return ""
    }
    trainImages = find("train-images", "idx3-ubyte")
    trainLabels = find("train-labels", "idx1-ubyte")
    testImages = find("t10k-images", "idx3-ubyte")
    testLabels = find("t10k-labels", "idx1-ubyte")
    guard missing.isEmpty else {
      throw .incomplete(directory: directory, missing: missing, setting: setting)
    }
  }
}
