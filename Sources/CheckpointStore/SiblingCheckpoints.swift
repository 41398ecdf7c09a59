package import Files

/// The checkpoints beside a file under the other names of the same run.
package enum SiblingCheckpoints {
  /// A checkpoint with a valid seal.
  package struct Good: Equatable, Sendable {
    /// The path of the file.
    package let path: String

    /// The step of the run.
    package let step: Int
  }

  /// Finds the valid checkpoints under the other names of the same run.
  ///
  /// - Parameters:
  ///   - path: The path of a checkpoint, under any name of the run.
  ///   - identity: The identity of the file at this path.
  /// - Returns: The valid checkpoints, from newest to oldest. A file with several names appears
  ///   once, under its first name.
  package static func good(beside path: String, except identity: DiskFile.Identity) -> [Good] {
    guard let names = try? CheckpointNames(of: mainPath(of: path)),
      let folder = try? Folder(of: names, for: path)
    else { return [] }
    let candidates = [names.name] + folder.names { names.step(ofNumbered: $0) != nil }.sorted()
    // The file at the path may also have several names.
    var seen: Set<DiskFile.Identity> = [identity]
    var found: [Good] = []
    for name in candidates {
      let candidate = names.path(of: name)
      guard let file = try? DiskFile(candidate), seen.insert(file.identity).inserted,
        let check = try? SealCheck(of: file), check.isGood,
        case .sealed(let step?) = check.state
      else { continue }
      found.append(Good(path: candidate, step: step))
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
