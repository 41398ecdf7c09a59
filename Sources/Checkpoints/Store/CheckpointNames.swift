import Files
import Glibc

/// The names of a run's files: `ckpt.h5`, and what is derived from it.
struct CheckpointNames: Equatable, Sendable {
  /// The path of the folder.
  let folder: String

  /// The name of the newest checkpoint in its folder.
  let name: String

  /// Finds the folder and the name that a path leads to, through links if it is one.
  ///
  /// - Throws: ``CheckpointError/cannotCreate(path:reason:)`` if it cannot be the path of a file.
  init(of path: String) throws(CheckpointError) {
    var target = path
    var status = stat()
    guard !path.utf8.contains(0) else {
      throw .cannotCreate(path: path, reason: "the path contains a zero byte")
    }
    if unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK {
      // Renaming onto a link would replace the link, and leave what it leads to as it is.
      guard let resolved = realPath(path) else {
        throw .cannotCreate(path: path, reason: "it is a dangling symbolic link: \(systemError())")
      }
      target = resolved
    }
    guard let name = target.split(separator: "/").last, !target.hasSuffix("/"), name != ".",
      name != ".."
    else { throw .cannotCreate(path: path, reason: "the path does not name a file") }
    self.name = String(name)
    let parent = target.dropLast(name.count)
    folder = parent.isEmpty ? "." : String(parent)
  }

  /// The path of a file in the folder.
  func path(of name: String) -> String {
    folder == "." ? name : folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
  }

  /// The file that is locked while somebody trains: `.ckpt.h5.lock`.
  var lock: String { ".\(name).lock" }

  /// The file that stands for a lock where there is none: `.ckpt.h5.claim`.
  var claim: String { ".\(name).claim" }

  /// What the names of files begin with that are being written: `.ckpt.h5.tmp-`.
  var temporaryPrefix: String { ".\(name).tmp-" }

  /// Whether a name is one of those that are derived from the name of the checkpoint.
  func derives(_ other: String) -> Bool {
    [lock, claim].contains(other) || other.hasPrefix(temporaryPrefix)
      || other.hasPrefix("\(name).damaged-") || step(ofNumbered: other) != nil
  }

  /// The name of the checkpoint of a step: `ckpt.step-00001875.h5`.
  func numbered(step: Int) -> String {
    let digits = "\(step)"
    return "\(stem).step-" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
      + ".h5"
  }

  /// The step that a numbered name is of; `nil` for other names.
  func step(ofNumbered name: String) -> Int? {
    guard name.hasPrefix("\(stem).step-"), name.hasSuffix(".h5") else { return nil }
    let digits = name.dropFirst(stem.count + 6).dropLast(3)
    guard digits.count >= 8, digits.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
    return Int(digits)
  }

  /// `ckpt` of `ckpt.h5`.
  private var stem: Substring { name.hasSuffix(".h5") ? name.dropLast(3) : name[...] }
}
