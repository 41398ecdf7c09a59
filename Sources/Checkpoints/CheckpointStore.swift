import Glibc
import HDF5

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
    let folder = try Folder(of: path)
    let temporary = try folder.createTemporary(for: name)
    do throws(CheckpointError) {
      try temporary.write(image)
      if let state = checkpoint.state, keep > 0 {
        try temporary.link(as: numberedName(step: state.globalStep))
      }
      try temporary.rename(to: name)
    } catch {
      temporary.remove()
      throw error
    }
    try folder.synchronize()
    if let state = checkpoint.state, keep > 0 {
      folder.remove(numberedNames(in: folder, newest: state.globalStep).dropLast(keep))
    }
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
