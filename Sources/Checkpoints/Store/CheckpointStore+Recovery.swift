import Files
import Glibc
import HDF5

/// The result of searching for a run's newest valid checkpoint.
public struct Recovery: Sendable {
  /// The file to resume from; `nil` if there is no file or no valid one.
  public let path: String?

  /// The rejected candidates, in the order in which they were examined.
  public let rejected: [Rejected]

  /// A file from which a run cannot be resumed.
  public struct Rejected: Equatable, Sendable {
    /// The path of the file.
    public let path: String

    /// The reason for the rejection.
    public let reason: String

    /// Whether the file is damaged, so that it may be renamed.
    public let isDamaged: Bool
  }
}

/// Recovery after an interruption.
extension CheckpointStore {
  /// Finds the newest valid checkpoint among all names of the run.
  ///
  /// This is usually the file at the path. A numbered checkpoint is newer if the last save was
  /// interrupted between the numbered name and the rename; older ones serve as fallbacks. A
  /// numbered checkpoint of an abandoned run is never chosen while the file at the path is valid.
  ///
  /// - Parameter others: Other paths to which the run's checkpoints were saved. They are examined
  ///   only if there is a file at the path or a numbered one, because on their own they may belong
  ///   to another run.
  /// - Returns: The file found, and the rejected ones.
  /// - Throws: ``CheckpointError`` if the folder cannot be used, or if a file that may be the
  ///   newest valid one cannot be opened: resuming from an older one would lose its progress.
  public func recover(including others: [String] = []) throws(CheckpointError) -> Recovery {
    let names = try CheckpointNames(of: path)
    let folder = try Folder(of: names, for: path)
    var rejected: [Recovery.Rejected] = []
    /// The files examined so far. A file may have several names, but is read only once.
    var seen: Set<DiskFile.Identity> = []
    func examine(_ path: String) throws(CheckpointError) -> (step: Int, runID: String)? {
      let source: DiskFile
      do throws(HDF5Error.Cause) {
        source = try DiskFile(path)
      } catch {
        throw .file(HDF5Error(operation: .open, file: path, object: nil, cause: error))
      }
      guard seen.insert(source.identity).inserted else { return nil }
      // Retry once, because a read error may be transient.
      for isLast in [false, true] {
        switch examineRun(in: source, at: path) {
        case .good(let step, let runID): return (step, runID)
        case .bad(let reason) where isLast: rejected.append(reason)
        case .bad: continue
        }
      }
      return nil
    }
    /// Returns the newest valid file that is newer than `known` and of the same run, or else
    /// `known`.
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
    // Order by the step in the seal, because a name may be wrong; use the step in the name only if
    // the seal cannot be read.
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

  /// Replaces the file at the path with the checkpoint in another file of the run.
  ///
  /// A numbered checkpoint in the same folder is hard-linked, which takes no space; any other file
  /// is copied, as is one that cannot be linked.
  ///
  /// - Parameter file: The path of the file, which must be valid.
  /// - Throws: ``CheckpointError`` if the file cannot be read, linked or written.
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

  /// Renames a damaged file, so that it is no longer taken for a checkpoint of the run.
  ///
  /// - Parameters:
  ///   - path: The path of the file.
  ///   - time: The time to include in the new name, such as `20260131T120000Z`.
  /// - Returns: The new path; `nil` if the file cannot be renamed.
  public func setAside(_ path: String, time: String) -> String? {
    for attempt in 0..<100 {
      let newPath = "\(path).damaged-\(time)" + (attempt == 0 ? "" : "-\(attempt)")
      // `link` fails if the name exists, unlike `rename`, so that an earlier damaged file is never
      // overwritten.
      if unsafe link(path, newPath) == 0 { return unsafe unlink(path) == 0 ? newPath : nil }
      guard errno == EEXIST else { break }
    }
    return nil
  }

  private enum Examination {
    case good(step: Int, runID: String)
    case bad(Recovery.Rejected)
  }

  /// Verifies the seal of a complete file and reads the training state.
  private func examineRun(in source: DiskFile, at path: String) -> Examination {
    func bad(_ reason: String, isDamaged: Bool) -> Examination {
      .bad(Recovery.Rejected(path: path, reason: reason, isDamaged: isDamaged))
    }
    let check: SealCheck
    do throws(HDF5Error.Cause) {
      check = try SealCheck(of: source)
    } catch {
      // The file is not HDF5, is truncated or cannot be read from the disk.
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
      // The file is intact but unusable, for instance written by a newer version.
      return bad("\(error)", isDamaged: false)
    }
  }
}
