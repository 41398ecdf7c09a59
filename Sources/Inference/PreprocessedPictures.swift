import Files
import Glibc
package import Images

/// A folder to which pictures are written as a model receives them.
///
/// Each picture becomes a PNG, gray, RGB or RGBA as the model's input. The name is that of its
/// file with the ending `.png`; pictures of the same name are told apart by `-2`, `-3` and so on,
/// in the order in which they are written. Existing files are never replaced.
package struct PreprocessedPictures: Sendable {
  /// The path of the folder, which is created when it is needed.
  package let folder: String

  /// Digests of the names that were used, which take less memory than the names of a million
  /// pictures.
  private var names: Set<Int> = []

  /// The folder that was created or used last.
  private var lastFolder: String?

  /// Creates the writer; nothing is written yet.
  ///
  /// - Parameter folder: The path of the folder.
  package init(folder: String) { self.folder = folder }

  /// Writes the picture of a prediction.
  ///
  /// - Parameters:
  ///   - prediction: The prediction.
  ///   - path: The path below the folder; by default the path of the prediction's file if it is
  ///     relative and does not leave its folder, and otherwise the name of that file.
  /// - Returns: The path of the PNG.
  /// - Throws: ``ImageError`` with the path of the PNG if it exists or cannot be written.
  @discardableResult
  package mutating func write(
    _ prediction: Prediction, as path: String? = nil
  ) throws(ImageError) -> String {
    let target = "\(folder)/\(unused(Self.name(of: path ?? prediction.file)))"
    let parent = String(target[..<(target.lastIndex(of: "/") ?? target.endIndex)])
    if lastFolder != parent { try Self.createFolder(parent) }
    lastFolder = parent
    try prediction.picture.write(to: target, replacing: false)
    return target
  }

  /// The path of a PNG below the folder.
  private static func name(of path: String) -> String {
    guard path != "-" else { return "stdin.png" }
    var parts = path.split(separator: "/").filter { $0 != "." }
    if path.hasPrefix("/") || parts.contains("..") { parts = parts.suffix(1) }
    let name = parts.joined(separator: "/")
    let endings = [".png", ".jpg", ".jpeg"]
    let ending = endings.first { name.lowercased().hasSuffix($0) } ?? ""
    return name.dropLast(ending.count) + ".png"
  }

  /// A name that has not been used yet: the given one, or one with a number.
  private mutating func unused(_ name: String) -> String {
    var (candidate, number) = (name, 1)
    while !names.insert(candidate.hashValue).inserted {
      number += 1
      candidate = "\(name.dropLast(4))-\(number).png"
    }
    return candidate
  }

  private static func createFolder(_ path: String) throws(ImageError) {
    var status = stat()
    guard unsafe stat(path, &status) != 0 else {
      guard status.st_mode & S_IFMT == S_IFDIR else {
        throw ImageError(.uncreatable("it is not a folder"), path: path)
      }
      return
    }
    if let end = path.lastIndex(of: "/"), end > path.startIndex {
      try createFolder(String(path[..<end]))
    }
    guard unsafe mkdir(path, 0o777) == 0 || errno == EEXIST else {
      throw ImageError(.uncreatable(systemError()), path: path)
    }
  }
}

extension Prediction {
  /// The preprocessed image as the model receives it: gray, RGB or RGBA.
  package var picture: Image {
    let format: Image.Format = channels == 1 ? .gray8 : channels == 3 ? .rgb8 : .rgba8
    return Image(
      width: width, height: height, format: format, samples: samples.map(UInt16.init))
  }
}
