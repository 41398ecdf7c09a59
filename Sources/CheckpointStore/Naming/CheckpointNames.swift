import Files
import Glibc

/// The names of a run's files: `ckpt.h5` and those derived from it.
struct CheckpointNames: Equatable, Sendable {
  /// The path of the folder.
  let folder: String

  /// The name of the newest checkpoint in its folder.
  let name: String

  /// Finds the folder and name of a path; a symbolic link is resolved.
  ///
  /// - Throws: ``StoreError/cannotCreate(path:reason:)`` if it is not a valid file path.
  init(of path: String) throws(StoreError) {
    var target = path
    var status = stat()
    guard !path.utf8.contains(0) else {
      throw .cannotCreate(path: path, reason: "the path contains a zero byte")
    }
    if unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK {
      // `rename` would replace the link instead of its target.
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

  /// The name of the lock file: `.ckpt.h5.lock`.
  var lock: String { ".\(name).lock" }

  /// The name of the claim, the substitute for a lock: `.ckpt.h5.claim`.
  var claim: String { ".\(name).claim" }

  /// The prefix of the names of temporary files: `.ckpt.h5.tmp-`.
  var temporaryPrefix: String { ".\(name).tmp-" }

  /// Whether a name is derived from the name of the checkpoint.
  func derives(_ other: String) -> Bool {
    [lock, claim].contains(other) || other.hasPrefix(temporaryPrefix)
      || other.hasPrefix("\(name).damaged-") || step(ofNumbered: other) != nil
  }

  /// The numbered name of a step: `ckpt.step-00001875.h5`.
  func numbered(step: Int) -> String {
    let digits = "\(step)"
    return "\(stem).step-" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
      + ".h5"
  }

  /// The step in a numbered name; `nil` for other names.
  func step(ofNumbered name: String) -> Int? {
    guard name.hasPrefix("\(stem).step-"), name.hasSuffix(".h5") else { return nil }
    let digits = name.dropFirst(stem.count + 6).dropLast(3)
    guard digits.count >= 8, digits.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
    return Int(digits)
  }

  /// `ckpt` of `ckpt.h5`.
  private var stem: Substring { name.hasSuffix(".h5") ? name.dropLast(3) : name[...] }
}
