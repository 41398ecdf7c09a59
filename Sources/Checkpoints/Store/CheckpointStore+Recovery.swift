import Files
import Glibc
import HDF5

/// What is found when a run is looked for.
public struct Recovery: Sendable {
  /// The file that the run goes on from; `nil` if none is good, or there is none at all.
  public let path: String?

  /// The files that might have been it but are not good, in the order in which they were looked at.
  public let rejected: [Rejected]

  /// A file that a run cannot go on from.
  public struct Rejected: Equatable, Sendable {
    /// The path of the file.
    public let path: String

    /// What is wrong with it.
    public let reason: String

    /// Whether it is damaged, and so may be put aside.
    public let isDamaged: Bool
  }
}

/// Going on after an interruption.
extension CheckpointStore {
  /// Looks for the newest checkpoint that is good, over all names that the run has.
  ///
  /// The file at the path is most often it. A numbered one is newer if the last save was interrupted
  /// between its two names; and all are older ones to fall back on. A numbered one of a run that was
  /// given up is never chosen while the file at the path is good.
  ///
  /// - Parameter others: Other paths that the run's checkpoints were saved to. They are looked at only if
  ///   there is something at the path or a numbered name: alone, they may be another run's.
  /// - Returns: The file, and those that were looked at before it.
  /// - Throws: ``CheckpointError`` if the folder cannot be used, or a file that may be the newest good one
  ///   cannot be opened: going on from an older one would lose what is in it.
  public func recover(including others: [String] = []) throws(CheckpointError) -> Recovery {
    let names = try CheckpointNames(of: path)
    let folder = try Folder(of: names, for: path)
    var rejected: [Recovery.Rejected] = []
    /// Damaged files may have several names; each is read once.
    var seen: Set<DiskFile.Identity> = []
    func examine(_ path: String) throws(CheckpointError) -> (step: Int, runID: String)? {
      let source: DiskFile
      do throws(HDF5Error.Cause) {
        source = try DiskFile(path)
      } catch {
        throw .file(HDF5Error(operation: .open, file: path, object: nil, cause: error))
      }
      guard seen.insert(source.identity).inserted else { return nil }
      // A disk that fails to read once may well read the second time.
      for isLast in [false, true] {
        switch examineRun(in: source, at: path) {
        case .good(let step, let runID): return (step, runID)
        case .bad(let reason) where isLast: rejected.append(reason)
        case .bad: continue
        }
      }
      return nil
    }
    /// The first of some files, the newest first, that is newer than what is known, and of the same run.
    func newest(
      of files: [(path: String, step: Int)], after known: (path: String, step: Int, runID: String)?
    ) throws(CheckpointError) -> (path: String, step: Int, runID: String)? {
      for file in files.sorted(by: { $0.step > $1.step }) {
        if let known, file.step <= known.step { break }
        guard let found = try examine(file.path) else { continue }
        if let known, found.runID != known.runID || found.step <= known.step { continue }
        return (file.path, found.step, found.runID)
      }
      return known
    }

    let atPath = exists ? try examine(path).map { (path, $0.step, $0.runID) } : nil
    // By the step in the seal, as a name may lie; without one that can be read, it is as old as its name
    // says.
    let numbered = folder.names { names.step(ofNumbered: $0) != nil && folder.isFree($0) }
      .map { name in
        let path = names.path(of: name)
        return (path: path, step: step(of: path) ?? names.step(ofNumbered: name) ?? 0)
      }
    let elsewhere =
      exists || !numbered.isEmpty
      ? others.filter { CheckpointStore(path: $0).exists }.map {
        (path: $0, step: step(of: $0) ?? 0)
      }
      : []
    let found = try newest(of: elsewhere, after: newest(of: numbered, after: atPath))
    return Recovery(path: found?.path, rejected: rejected)
  }

  /// Makes the path hold the checkpoint that is in another file of the run.
  ///
  /// In the same folder it gets a second name, which takes no space; else it is copied.
  ///
  /// - Parameter file: The path of the file, which is good.
  /// - Throws: ``CheckpointError`` if it cannot be done; what was at the path is unchanged.
  public func rollForward(to file: String) throws(CheckpointError) {
    let names = try CheckpointNames(of: path)
    let folder = try Folder(of: names, for: path)
    guard let name = file.split(separator: "/").last.map(String.init),
      names.step(ofNumbered: name) != nil, names.path(of: name) == file
    else {
      var image = try CheckpointImage(of: file)
      return try save(&image)
    }
    do throws(SystemFailure) {
      try folder.link(name, as: names.name, through: "\(names.temporaryPrefix)\(getpid())-link")
      try folder.synchronize()
    } catch {
      guard !error.isLackOfLinks else {
        var image = try CheckpointImage(of: file)
        return try save(&image)
      }
      throw .writing(path: path, reason: error.reason)
    }
  }

  /// Gives a damaged file a name by which it is not taken for a checkpoint of the run.
  ///
  /// - Parameters:
  ///   - path: The path of the file.
  ///   - time: The time, as in `20260131T120000Z`, which becomes part of the name.
  /// - Returns: The new path; `nil` if the file cannot be renamed.
  public func setAside(_ path: String, time: String) -> String? {
    for attempt in 0..<100 {
      let newPath = "\(path).damaged-\(time)" + (attempt == 0 ? "" : "-\(attempt)")
      // A link fails where the name is taken, and so never hides an older find.
      if unsafe link(path, newPath) == 0 { return unsafe unlink(path) == 0 ? newPath : nil }
      guard errno == EEXIST else { break }
    }
    return nil
  }

  private enum Examination {
    case good(step: Int, runID: String)
    case bad(Recovery.Rejected)
  }

  /// Reads a whole file: its seal, and the state of the run.
  private func examineRun(in source: DiskFile, at path: String) -> Examination {
    func bad(_ reason: String, isDamaged: Bool) -> Examination {
      .bad(Recovery.Rejected(path: path, reason: reason, isDamaged: isDamaged))
    }
    let check: SealCheck
    do throws(HDF5Error.Cause) {
      check = try SealCheck(of: source)
    } catch {
      // Not HDF5, cut off, or lost by the disk.
      return bad("\(error)", isDamaged: true)
    }
    if case .broken(let reason) = check.state { return bad(reason, isDamaged: true) }
    if let range = check.damagedRanges.first {
      let more = check.damagedRanges.count > 1 ? ", and more," : ""
      return bad(
        "the bytes from \(range.lowerBound) to \(range.upperBound - 1)\(more) are not those that were "
          + "sealed", isDamaged: true)
    }
    do throws(CheckpointError) {
      guard let state = try CheckpointFile(opening: path).trainingState() else {
        return bad("it holds weights but no run", isDamaged: false)
      }
      guard check.isGood else {
        return bad(
          "it has no seal: another program wrote or changed it, so it must be named with --resume",
          isDamaged: false)
      }
      return .good(step: state.globalStep, runID: state.runID)
    } catch {
      // As it was written, but of no use, such as the file of a newer version.
      return bad("\(error)", isDamaged: false)
    }
  }
}
