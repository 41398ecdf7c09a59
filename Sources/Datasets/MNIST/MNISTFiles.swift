import Files
import Glibc

/// The paths of the four MNIST files.
struct MNISTFiles {
  let trainImages: String
  let trainLabels: String
  let testImages: String
  let testLabels: String

  /// The prefixes and suffixes of the names; some archives join them with a dot instead of a dash.
  private static let parts = [
    ("train-images", "idx3-ubyte"), ("train-labels", "idx1-ubyte"),
    ("t10k-images", "idx3-ubyte"), ("t10k-labels", "idx1-ubyte"),
  ]

  /// The possible paths of one of the files, in search order.
  private static func paths(of part: (String, String), in directory: String) -> [String] {
    ["-", "."].flatMap { separator in
      ["", ".gz"].map { "\(directory)/\(part.0)\(separator)\(part.1)\($0)" }
    }
  }

  /// All possible paths of the files in a folder.
  static func paths(in directory: String) -> [String] {
    parts.flatMap { paths(of: $0, in: directory) }
  }

  /// Finds the files in a folder.
  ///
  /// - Parameters:
  ///   - directory: The folder.
  ///   - setting: The environment variable that named the folder, for errors; `nil` for none.
  /// - Throws: ``DatasetError/unreadable(path:reason:)`` if the folder does not exist,
  ///   ``DatasetError/incomplete(directory:missing:setting:)`` if some of the files are missing.
  init(in directory: String, setting: String? = nil) throws(DatasetError) {
    var status = stat()
    guard unsafe stat(directory, &status) == 0 else {
      throw .unreadable(path: directory, reason: systemError())
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw .unreadable(path: directory, reason: systemError(ENOTDIR))
    }
    var missing: [String] = []
    let files = MNISTFiles.parts.map { part in
      if let path = MNISTFiles.paths(of: part, in: directory).first(where: {
        unsafe access($0, F_OK) == 0
      }
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
