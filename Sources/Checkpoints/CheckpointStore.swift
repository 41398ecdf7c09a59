import Glibc
import HDF5
import Zip

/// A path that checkpoints are saved to, one after another.
///
/// Each is written beside the path, brought to the disk, and renamed, so that at any moment the path
/// holds the last checkpoint that was completed. libhdf5 never touches the disk: it fills memory,
/// and every system call is made here, where its failure is seen.
public struct CheckpointStore: Sendable {
  /// The path of the newest checkpoint.
  public let path: String

  /// How many of the newest checkpoints keep names of their own.
  ///
  /// Beside `ckpt.h5` there is then `ckpt.step-00001875.h5`. The newest is a hard link, which takes
  /// no space of its own.
  public let keep: Int

  /// Creates a store.
  ///
  /// - Parameters:
  ///   - path: The path of the newest checkpoint.
  ///   - keep: How many checkpoints keep a name of their own; by default none.
  public init(path: String, keep: Int = 0) {
    self.path = path
    self.keep = keep
  }

  /// Saves a checkpoint.
  ///
  /// - Parameter checkpoint: What is to be saved.
  /// - Throws: ``CheckpointError`` if it cannot be written; what was at the path is unchanged.
  public func save(_ checkpoint: borrowing Checkpoint) throws(CheckpointError) {
    let image = try checkpoint.makeImage()
    let step = keep > 0 ? checkpoint.state?.globalStep : nil
    let folder = try replace(alsoAs: step.map(numberedName)) { file throws(CheckpointError) in
      try file.write(image)
    }
    if let step { folder.remove(numberedNames(in: folder, newest: step).dropLast(keep)) }
  }

  /// Writes a file.
  ///
  /// - Parameter image: Its content.
  /// - Returns: The number of bytes.
  /// - Throws: ``CheckpointError`` if it cannot be written; what was at the path is unchanged.
  func write(_ image: consuming FileImage) throws(CheckpointError) -> Int {
    let image = image
    _ = try replace { file throws(CheckpointError) in try file.write(image) }
    return image.count
  }

  /// Writes a `.keras` archive.
  ///
  /// - Parameters:
  ///   - members: The names and the texts of its first members.
  ///   - weights: The content of the last one, `model.weights.h5`; it begins where readers of HDF5 look
  ///     for it, so that they open the archive itself.
  /// - Returns: The number of bytes.
  /// - Throws: ``CheckpointError`` if it cannot be written; what was at the path is unchanged.
  func write(
    archive members: [(name: String, text: String)], weights: consuming FileImage
  ) throws(CheckpointError) -> Int {
    var zip = ZipWriter()
    let weights = weights
    let headers: [[UInt8]]
    let last: [UInt8]
    do throws(ZipError) {
      headers = try members.map { member throws(ZipError) in
        let text = Array(member.text.utf8)
        return try unsafe text.span.bytes.withUnsafeBytes { bytes throws(ZipError) in
          try unsafe zip.header(of: member.name, content: bytes)
        } + text
      }
      last = try unsafe weights.withUnsafeBytes { bytes throws(ZipError) in
        try unsafe zip.header(of: "model.weights.h5", content: bytes, isAligned: true)
      }
    } catch {
      throw .writing(path: path, reason: "\(error)")
    }
    let directory = zip.directory()
    let count = zip.count + directory.count
    _ = try replace { file throws(CheckpointError) in
      try file.reserve(count)
      for header in headers { try file.write(header) }
      try file.write(last)
      try unsafe weights.withUnsafeBytes { bytes throws(CheckpointError) in
        try unsafe file.write(bytes)
      }
      try file.write(directory)
      try file.synchronize()
    }
    return count
  }

  /// Puts a new file in the place of what is at the path.
  ///
  /// - Parameters:
  ///   - otherName: Another name in the same folder that the file is to have besides.
  ///   - body: Writes the file and brings it to the disk.
  /// - Returns: The folder.
  /// - Throws: ``CheckpointError`` if it cannot be written, or what `body` throws.
  private func replace(
    alsoAs otherName: String? = nil, _ body: (TemporaryFile) throws(CheckpointError) -> Void
  ) throws(CheckpointError) -> Folder {
    let folder = try Folder(of: path)
    let temporary = try folder.createTemporary(for: name)
    do throws(CheckpointError) {
      try body(temporary)
      if let otherName { try temporary.link(as: otherName) }
      try temporary.rename(to: name)
    } catch {
      temporary.remove()
      throw error
    }
    try folder.synchronize()
    return folder
  }

  /// Whether there is something at the path.
  var exists: Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0
  }

  /// Finds out whether checkpoints can be saved, before hours are spent on what one would hold.
  ///
  /// - Throws: ``CheckpointError`` if the folder is missing or read-only, or the path is not that of
  ///   a regular file.
  public func check() throws(CheckpointError) {
    var status = stat()
    if unsafe stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      throw .cannotCreate(path: path, reason: "it exists and is not a regular file")
    }
    try Folder(of: path).createTemporary(for: name).remove()
  }

  private var name: String { String(path.split(separator: "/").last ?? "") }

  /// `ckpt` of `ckpt.h5`.
  private var stem: Substring { name.hasSuffix(".h5") ? name.dropLast(3) : name[...] }

  private func numberedName(step: Int) -> String {
    let digits = "\(step)"
    return "\(stem).step-" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
      + ".h5"
  }

  /// The numbered names, the newest last.
  ///
  /// A step that is still to come belongs to a run that was given up, and is older than all others.
  private func numberedNames(in folder: Folder, newest: Int) -> [String] {
    folder.names { step(ofNumbered: $0) != nil }
      .map { (name: $0, step: step(ofNumbered: $0) ?? 0) }
      .sorted { ($0.step <= newest ? 1 : 0, $0.step) < ($1.step <= newest ? 1 : 0, $1.step) }
      .map(\.name)
  }

  private func step(ofNumbered name: String) -> Int? {
    guard name.hasPrefix("\(stem).step-"), name.hasSuffix(".h5") else { return nil }
    let digits = name.dropFirst(stem.count + 6).dropLast(3)
    guard digits.count >= 8, digits.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
    return Int(digits)
  }
}
