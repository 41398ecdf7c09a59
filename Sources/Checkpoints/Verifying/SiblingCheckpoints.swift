package import HDF5

/// The checkpoints beside a file that have other names of the same run.
package enum SiblingCheckpoints {
  /// A checkpoint whose bytes are all those that were sealed.
  package struct Good: Equatable, Sendable {
    /// Its path.
    package let path: String

    /// The step of the run.
    package let step: Int
  }

  /// Looks for checkpoints of the same run that verify.
  ///
  /// - Parameters:
  ///   - path: The path of a checkpoint, under any of the names that it may have.
  ///   - identity: The file that was found there.
  /// - Returns: Those that are good, the newest first; of several names of one file the first.
  package static func good(beside path: String, except identity: DiskFile.Identity) -> [Good] {
    guard let names = try? CheckpointNames(of: mainPath(of: path)),
      let folder = try? Folder(of: names, for: path)
    else { return [] }
    let candidates = [names.name] + folder.names { names.step(ofNumbered: $0) != nil }.sorted()
    // The file itself may have several names too.
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

  /// The path of the newest checkpoint of a run: `ckpt.h5` for `ckpt.step-00001875.h5`, and for
  /// `ckpt.h5.damaged-20260131T120000Z`.
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
