public import Checkpoints

/// Whether a file is what was written, as far as the file itself can tell.
public struct Verification: Sendable {
  /// What file it is; nil if it cannot be opened.
  public let report: Report?

  /// The path of the file.
  public let path: String

  /// Why the file cannot be opened, if it cannot.
  public let openingProblem: String?

  /// What its seal says.
  public let seal: SealReport

  /// Whether everything in it can be read; nil if it cannot be opened.
  public let structure: StructureReport?

  /// Whether the tensors are those that were saved.
  public let content: ContentReport

  /// The weights, and variables of the optimizer, that hold NaN or infinities.
  public let nonFinite: [NonFiniteTensor]

  /// What of the model, the optimizer and the training state does not fit together, each in one sentence.
  public let contradictions: [String]

  /// Other checkpoints of the run that verify, the newest first; looked for if this one is damaged.
  public let alternatives: [(path: String, step: Int)]

  /// Whether nothing is wrong with the file.
  public var isGood: Bool { isWhole && nonFinite.isEmpty }

  /// Whether nothing is wrong with the file but perhaps numbers that are not finite.
  public var isWhole: Bool {
    openingProblem == nil && seal.isGood && structure?.problems.isEmpty != false
      && content.wrong.isEmpty && contradictions.isEmpty
  }
}

/// What the seal of a file says.
public struct SealReport: Sendable {
  /// What is found where a seal would be; nil if the file is none that could have one.
  public let state: SealState?

  /// How many pieces the file has, each with a digest of its own.
  public let pieceCount: Int

  /// The bytes that are not those that were sealed, and what is there.
  public let damage: [Damage]

  /// Bytes that have changed.
  public struct Damage: Sendable {
    /// The bytes, in whole pieces.
    public let range: Range<Int>

    /// The paths of the datasets of which parts lie there, and what they are in the model.
    public let datasets: [(path: String, name: String?)]
  }

  /// Whether the seal is right, or there is none.
  public var isGood: Bool {
    if case .broken = state { false } else { damage.isEmpty }
  }
}

/// Whether everything in a file can be read.
public struct StructureReport: Sendable {
  /// How many objects there are.
  public var objectCount = 0

  /// How many datasets were read whole.
  public var datasetCount = 0

  /// What cannot be read, each with the reason.
  public var problems: [(path: String, reason: String)] = []

  /// What was not read though it may be good, each with the reason.
  public var skipped: [(path: String, reason: String)] = []
}

/// Whether tensors are those that were saved.
public struct ContentReport: Sendable {
  /// How many tensors have a digest in the file that is theirs.
  public var goodCount = 0

  /// The tensors that are not those that were saved, each with the reason.
  public var wrong: [(path: String, name: String?, reason: String)] = []

  /// Whether the file holds digests.
  public var hasDigests = false
}

/// A tensor that holds numbers that no weight can be.
public struct NonFiniteTensor: Sendable {
  /// What it is in the model.
  public let name: String

  /// Its path.
  public let path: String

  /// How many elements are NaN.
  public let nanCount: Int

  /// How many elements are infinite.
  public let infinityCount: Int

  /// Where the first of them is.
  public let index: [Int]
}
