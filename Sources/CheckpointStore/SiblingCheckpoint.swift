public import Files

/// A valid checkpoint of a run, under one of its names: that of the newest checkpoint or a numbered
/// one.
///
/// ```swift
/// for other in try Verification(of: path).alternatives {
///   print("the checkpoint of step \(other.step) is intact: \(other.path)")
/// }
/// ```
public struct SiblingCheckpoint: Equatable, Sendable {
  /// The path of the file.
  public let path: String

  /// The global step of the run, as in the seal.
  public let step: Int
}

extension SiblingCheckpoint {
  /// Finds the valid checkpoints under the other names of the same run.
  ///
  /// Every candidate is read completely and verified against its seal.
  ///
  /// - Parameters:
  ///   - path: The path of a checkpoint, under any name of the run, also that of a damaged file
  ///     that was renamed.
  ///   - identity: The identity of the file at this path, which is left out under all its names.
  /// - Returns: The valid checkpoints, from newest to oldest; empty if there are none or the folder
  ///   cannot be read. A file with several names appears once, under its first name.
  public static func valid(
    beside path: String, except identity: DiskFile.Identity
  ) -> [SiblingCheckpoint] {
    guard let names = try? CheckpointNames(of: mainPath(of: path)),
      let folder = try? Folder(of: names, for: path)
    else { return [] }
    let candidates = [names.name] + folder.names { names.step(ofNumbered: $0) != nil }.sorted()
    // The file at the path may also have several names.
    var seen: Set<DiskFile.Identity> = [identity]
    var found: [SiblingCheckpoint] = []
    for name in candidates {
      let candidate = names.path(of: name)
      guard let file = try? DiskFile(candidate), seen.insert(file.identity).inserted,
        let check = try? SealCheck(of: file), check.isGood,
        case .sealed(let step?) = check.state
      else { continue }
      found.append(SiblingCheckpoint(path: candidate, step: step))
    }
    return found.sorted { $0.step > $1.step }
  }

  /// The path of the newest checkpoint of a run.
  ///
  /// It is `ckpt.h5` for `ckpt.step-00001875.h5` and for `ckpt.h5.damaged-20260131T120000Z`.
  static func mainPath(of path: String) -> String {
    var path = path
    if let range = path.firstRange(of: ".damaged-"), path.hasSuffix("Z") || path.contains("Z-") {
      path = String(path[..<range.lowerBound])
    }
    guard path.hasSuffix(".h5"), let range = path.firstRange(of: ".step-") else { return path }
    let digits = path[range.upperBound...].dropLast(3)
    guard digits.count >= 8, digits.allSatisfy({ ("0"..."9").contains($0) }) else { return path }
    return path[..<range.lowerBound] + ".h5"
  }
}
