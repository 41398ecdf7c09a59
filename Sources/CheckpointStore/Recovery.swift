/// The result of searching for a run's newest valid checkpoint.
///
/// ```swift
/// let recovery = try CheckpointStore(path: path).recoverRun()
/// print(recovery.path ?? "nothing to resume")
/// for file in recovery.rejected { print(file.path, file.reason) }  // why older ones were used
/// ```
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
    public let reason: Rejection
  }

  /// The reason why a run cannot be resumed from a file.
  public enum Rejection: Equatable, Sendable {
    /// The file cannot be read, is truncated, or has another format.
    case unreadable(String)

    /// The seal is broken.
    case brokenSeal(String)

    /// The bytes in a range differ from the sealed ones; `hasMore` is whether further ranges do.
    case changed(Range<Int>, hasMore: Bool)

    /// The file is intact, but contains no run.
    case noRun

    /// The file has no seal, so another program wrote or changed it.
    ///
    /// A file of bytes that was cut short is reported so too, see ``SealState/unsealed``. An HDF5
    /// file that was cut short is ``unreadable(_:)``.
    case unsealed

    /// The file is intact, but cannot be used, for instance because a newer version wrote it.
    case unusable(String)

    /// Whether the file is damaged, so that it may be renamed.
    public var isDamaged: Bool {
      switch self {
      case .unreadable, .brokenSeal, .changed: true
      case .noRun, .unsealed, .unusable: false
      }
    }
  }

  /// What was found in a file.
  public enum Examination: Sendable {
    /// A valid checkpoint of a run.
    case good(step: Int, runID: String)

    /// Anything else.
    case bad(Rejection)
  }
}

extension Recovery.Rejection: CustomStringConvertible {
  /// The reason, as the end of a sentence about the file.
  public var description: String {
    switch self {
    case .unreadable(let reason), .brokenSeal(let reason), .unusable(let reason): reason
    case .changed(let range, let hasMore):
      """
      the bytes from \(range.lowerBound) to \(range.upperBound - 1)\(hasMore ? ", and more," : "") \
      are not those that were sealed
      """
    case .noRun: "it holds weights but no run"
    case .unsealed: "it has no seal: another program wrote or changed it"
    }
  }
}

extension Recovery.Rejection {
  /// The reason to reject a file after its seal was verified; `nil` if there is none.
  ///
  /// - Parameter check: The result. A file without a seal is not rejected.
  package init?(_ check: SealCheck) {
    if case .broken(let reason) = check.state {
      self = .brokenSeal(reason)
    } else if let range = check.damagedRanges.first {
      self = .changed(range, hasMore: check.damagedRanges.count > 1)
    } else {
      return nil
    }
  }
}
