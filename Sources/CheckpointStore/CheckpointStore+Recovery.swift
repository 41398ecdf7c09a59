public import Files
import Glibc

/// Recovery after an interruption.
extension CheckpointStore {
  /// Finds the newest valid checkpoint among all names of the run.
  ///
  /// This is usually the file at the path. A numbered checkpoint is newer if the last save was
  /// interrupted between the numbered name and the rename; older ones serve as fallbacks. A
  /// numbered checkpoint of an abandoned run is never chosen while the file at the path is valid.
  ///
  /// - Parameters:
  ///   - others: Other paths to which the run's checkpoints were saved. They are examined only if
  ///     there is a file at the path or a numbered one, because on their own they may belong to
  ///     another run.
  ///   - examination: Examines a file: verifies its seal, and reads the run in it.
  ///     ``CheckpointStore/examine(_:at:)`` takes the step from the seal, and takes all files for
  ///     those of one run.
  /// - Returns: The file found, and the rejected ones.
  /// - Throws: ``StoreError`` if the folder cannot be used, or if a file that may be the
  ///   newest valid one cannot be opened: resuming from an older one would lose its progress.
  public func recover(
    including others: [String] = [],
    examining examination: (_ file: DiskFile, _ path: String) -> Recovery.Examination
  ) throws(StoreError) -> Recovery {
    let names = try CheckpointNames(of: path)
    let folder = try Folder(of: names, for: path)
    var rejected: [Recovery.Rejected] = []
    /// The files examined so far. A file may have several names, but is read only once.
    var seen: Set<DiskFile.Identity> = []
    func examine(_ path: String) throws(StoreError) -> (step: Int, runID: String)? {
      let source: DiskFile
      do throws(FileError) {
        source = try DiskFile(path)
      } catch {
        throw .file(path: path, error)
      }
      guard seen.insert(source.identity).inserted else { return nil }
      // Retry once, because a read error may be transient.
      for isLast in [false, true] {
        switch examination(source, path) {
        case .good(let step, let runID): return (step, runID)
        case .bad(let reason) where isLast:
          rejected.append(Recovery.Rejected(path: path, reason: reason))
        case .bad: continue
        }
      }
      return nil
    }
    /// Returns the newest valid file that is newer than `known` and of the same run, or else
    /// `known`.
    func newest(
      of files: [(path: String, step: Int)], after known: (path: String, step: Int, runID: String)?
    ) throws(StoreError) -> (path: String, step: Int, runID: String)? {
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

  /// Verifies the seal of a file, and takes the step from it.
  ///
  /// - Parameters:
  ///   - file: The file.
  ///   - path: Its path.
  /// - Returns: A checkpoint of the run with the empty ID, or the reason for the rejection.
  public static func examine(_ file: DiskFile, at path: String) -> Recovery.Examination {
    do throws(FileError) {
      let check = try SealCheck(of: file)
      if let reason = Recovery.Rejection(check) { return .bad(reason) }
      guard case .sealed(let step) = check.state else { return .bad(.unsealed) }
      return step.map { .good(step: $0, runID: "") } ?? .bad(.noRun)
    } catch {
      return .bad(.unreadable("\(error)"))
    }
  }

  /// Replaces the file at the path with the checkpoint in another file of the run.
  ///
  /// A numbered checkpoint in the same folder is hard-linked, which takes no space; any other file
  /// is copied, as is one that cannot be linked.
  ///
  /// - Parameter file: The path of the file, which must be valid.
  /// - Throws: ``StoreError`` if the file cannot be read, linked or written; the file at the path
  ///   is then unchanged, unless the error is ``StoreError/unconfirmed(path:reason:)``.
  public func rollForward(to file: String) throws(StoreError) {
    let names = try CheckpointNames(of: path)
    let folder = try Folder(of: names, for: path)
    guard let name = file.split(separator: "/").last.map(String.init),
      names.step(ofNumbered: name) != nil, names.path(of: name) == file
    else { return try copy(from: file) }
    do throws(SystemFailure) {
      try folder.link(name, as: names.name, through: "\(names.temporaryPrefix)\(getpid())-link")
    } catch {
      guard !error.isLackOfLinks else { return try copy(from: file) }
      throw .writing(path: path, reason: error.reason)
    }
    do throws(SystemFailure) { try folder.synchronize() } catch {
      throw .unconfirmed(path: path, reason: error.reason)
    }
  }

  /// Saves the checkpoint in another file at the path.
  private func copy(from file: String) throws(StoreError) {
    let source = try SealedFile(opening: file)
    try unsafe source.withContents(of: file) { contents throws(StoreError) in
      let trailer = source.seal.trailer
      try unsafe trailer.span.bytes.withUnsafeBytes { trailer throws(StoreError) in
        try unsafe save([contents, trailer], step: source.seal.step)
      }
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
}
