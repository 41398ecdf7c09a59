public import CheckpointStore
import Checkpoints

/// The result of verifying a file: whether it contains what was written, as far as the file
/// determines it.
///
/// ```swift
/// let verification = try Verification(of: path)
/// print(verification.isGood ? "intact" : "damaged")
/// ```
public struct Verification: Sendable {
  /// A report about the file; `nil` if it cannot be opened.
  public let report: Report?

  /// The path of the file.
  public let path: String

  /// The reason why the file cannot be opened, if it cannot.
  public let openingProblem: String?

  /// The result of verifying the seal.
  public let seal: SealReport

  /// The result of reading all objects; `nil` if the file cannot be opened.
  public let structure: StructureReport?

  /// The result of comparing the tensors with their digests.
  public let content: ContentReport

  /// The weights and optimizer variables that contain NaN or infinity.
  public let nonFinite: [NonFiniteTensor]

  /// Inconsistencies between model, optimizer and training state, each in one sentence.
  public let contradictions: [String]

  /// Whether the programs load the model of the file; not tried for a damaged file.
  public internal(set) var loading: LoadingVerdict

  /// Everything suspicious in the file; `nil` if it cannot be opened.
  public let suspicions: Suspicions?

  /// Other valid checkpoints of the run, newest first; searched only if this file is not valid.
  public internal(set) var alternatives: [(path: String, step: Int)]

  /// Whether no problem was found.
  public var isGood: Bool { isWhole && nonFinite.isEmpty }

  /// Whether no problem was found, except possibly NaN or infinite weights.
  public var isWhole: Bool { isUndamaged && isLoadable }

  /// Whether no damage was found, except possibly NaN or infinite weights; the programs may refuse
  /// the file for another reason.
  public var isUndamaged: Bool {
    openingProblem == nil && seal.isGood && structure?.problems.isEmpty != false
      && content.wrong.isEmpty && contradictions.isEmpty
  }

  /// Whether the programs do not refuse the model, and nothing in its file is dangerous.
  private var isLoadable: Bool {
    if case .refused = loading { return !nonFinite.isEmpty }
    return report?.model == nil && loading == .noModel || suspicions?.isSafeInKeras != false
  }
}

/// The result of verifying the seal of a file.
///
/// ```swift
/// let verification = try Verification(of: path)
/// for damage in verification.seal.damage {
///   print("bytes \(damage.range) have changed, in \(damage.datasets.map(\.path))")
/// }
/// for problem in verification.structure?.problems ?? [] { print(problem.path, problem.reason) }
/// for wrong in verification.content.wrong { print(wrong.path, wrong.reason) }
/// for tensor in verification.nonFinite { print(tensor.name, "has NaN at", tensor.index) }
/// if verification.loading == .loads { print("predict, convert and train load it") }
/// ```
public struct SealReport: Sendable {
  /// The state of the seal; `nil` for a kind of file that cannot have one.
  public let state: SealState?

  /// The number of pieces of 16 KiB, each with its own digest.
  public let pieceCount: Int

  /// The ranges that do not match the seal, and the objects in them.
  public let damage: [Damage]

  /// A range of bytes that do not match the seal.
  public struct Damage: Sendable {
    /// The range, in whole pieces.
    public let range: Range<Int>

    /// The datasets that the range overlaps, with their names in the model.
    public let datasets: [(path: String, name: String?)]
  }

  /// Whether the bytes match the seal, or there is none.
  public var isGood: Bool {
    if case .broken = state { false } else { damage.isEmpty }
  }
}

/// The result of reading all objects of a file.
///
/// See ``SealReport`` for an example.
public struct StructureReport: Sendable {
  /// The number of objects.
  public var objectCount = 0

  /// The number of datasets that were read completely.
  public var datasetCount = 0

  /// The objects that cannot be read, with the reason.
  public var problems: [(path: String, reason: String)] = []

  /// The objects that may be valid but were not read, with the reason.
  public var skipped: [(path: String, reason: String)] = []
}

/// The result of comparing tensors with their digests.
///
/// See ``SealReport`` for an example.
public struct ContentReport: Sendable {
  /// The number of tensors that match their digest.
  public var goodCount = 0

  /// The tensors that do not match their digest, with the reason.
  public var wrong: [(path: String, name: String?, reason: String)] = []

  /// Whether the file contains digests.
  public var hasDigests = false
}

/// A tensor that contains NaN or infinity.
///
/// See ``SealReport`` for an example.
public struct NonFiniteTensor: Sendable {
  /// Its name in the model.
  public let name: String

  /// Its path.
  public let path: String

  /// The number of NaNs.
  public let nanCount: Int

  /// The number of infinities.
  public let infinityCount: Int

  /// The index of the first of them.
  public let index: [Int]
}
