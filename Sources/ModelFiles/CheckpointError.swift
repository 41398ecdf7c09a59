public import CheckpointStore
import Files
public import HDF5
public import NeuralNetwork
public import Zip

/// An error in writing, reading or using a checkpoint.
///
/// ```swift
/// do {
///   _ = try CheckpointFile(opening: "missing.h5")
/// } catch {
///   print(error)  // Cannot open 'missing.h5': No such file or directory
///   if error.kind == .noInput { print("does the path exist?") }
/// }
/// ```
public enum CheckpointError: Error, Equatable, Sendable {
  /// The file cannot be opened, or an object in it cannot be read.
  case file(HDF5Error)

  /// The archive cannot be opened, or a member of it cannot be read.
  case archive(ZipError)

  /// The model's config in the file cannot be used.
  case model(path: String, KerasError)

  /// The file contains weights, but no model config, which would be in `place`.
  case noArchitecture(path: String, place: String = "model_config")

  /// The file lacks a requested object, or contains an invalid one.
  case content(path: String, object: String, problem: String)

  /// The variables in the file do not match those of the model and its optimizer.
  case mismatch(path: String, [Mismatch])

  /// The file is damaged: its seal is broken, or its bytes differ from the sealed ones.
  case damaged(path: String, reason: String)

  /// The checkpoint to save contains NaN or infinity. Nothing was written.
  case notFinite(path: String, object: String)

  /// The file was written by a newer version of this library.
  case unsupportedVersion(path: String, found: Int)

  /// The model cannot be written.
  case unsupportedModel(String)

  /// The checkpoint cannot be saved, locked or found.
  case store(StoreError)

  /// One difference between a model and a file.
  public enum Mismatch: Equatable, Sendable, CustomStringConvertible {
    /// The file lacks a variable of the model.
    case missing(variable: String, path: String)

    /// The file contains an object that the model lacks.
    case unexpected(path: String)

    /// A variable has another shape.
    case shape(variable: String, path: String, inModel: [Int], inFile: [Int])

    /// The type of a variable cannot be read as 32-bit floats, or as an integer.
    case type(variable: String, path: String, inFile: String)

    /// A variable contains NaN or infinity; `index` is the position of the first one.
    case nonFinite(variable: String, path: String, index: [Int], value: Float)

    /// The file was written with another optimizer.
    case optimizer(inModel: String, inFile: String)

    /// The order of the optimizer's slots, which depends on the version of Keras, cannot be
    /// determined from the file.
    case slotOrder(path: String)

    /// The difference in one sentence.
    public var description: String {
      switch self {
      case .nonFinite(let variable, let path, let index, let value):
        "\(variable) holds \(value) at \(index) in the file (\(path))"
      case .missing(let variable, let path):
        "\(variable) is missing from the file (\(path))"
      case .unexpected(let path):
        "\(path) is in the file but not in the model"
      case .shape(let variable, let path, let inModel, let inFile):
        "\(variable) has the shape \(inModel) in the model but \(inFile) in the file (\(path))"
      case .type(let variable, let path, let inFile):
        "\(variable) holds \(inFile) in the file (\(path))"
      case .optimizer(let inModel, let inFile):
        "the optimizer is \(inModel) in the model but \(inFile) in the file"
      case .slotOrder(let path):
        """
        the order of the optimizer's slots in \(path) is ambiguous (Keras 2.3 and earlier, or \
        Keras 3): their names and shapes do not determine it, and keras_version is missing
        """
      }
    }
  }

  /// The maximum number of differences to list.
  private static let shownDifferences = 10

  /// The kind of an error, which determines the exit code of a program.
  public enum Kind: Sendable {
    /// An input does not exist or cannot be read.
    case noInput

    /// The data is invalid or does not match.
    case badData

    /// An output cannot be created.
    case cannotCreate

    /// Writing failed, for instance because the disk is full.
    case inputOutput

    /// Another process is using the output.
    case inUse
  }

  /// The kind of this error.
  public var kind: Kind {
    switch self {
    case .file(let error):
      switch error.cause {
      case .fileNotFound, .fileUnreadable: .noInput
      default: .badData
      }
    case .archive(let error):
      switch error.cause {
      case .fileNotFound, .fileUnreadable: .noInput
      default: .badData
      }
    case .model, .noArchitecture, .content, .mismatch, .damaged, .notFinite, .unsupportedVersion,
      .unsupportedModel:
      .badData
    case .store(let error):
      switch error {
      case .cannotCreate: .cannotCreate
      case .writing, .unconfirmed: .inputOutput
      case .locked: .inUse
      case .file(_, let error):
        switch error {
        case .notFound, .unreadable: .noInput
        case .truncated, .damaged: .badData
        }
      case .damaged: .badData
      }
    }
  }
}

extension CheckpointError: CustomStringConvertible {
  /// The error in one sentence; differences follow as a list, one per line.
  ///
  /// Line breaks in names from a file are shown as `\n` and `\r`.
  public var description: String {
    guard case .mismatch(let path, let differences) = self else { return sentence.onOneLine }
    return "'\(path)' does not match the model:".onOneLine
      + differences.prefix(CheckpointError.shownDifferences)
      .map { "\n  - " + "\($0)".onOneLine }.joined()
      + (differences.count > CheckpointError.shownDifferences
        ? "\n  and \(differences.count - CheckpointError.shownDifferences) more" : "")
  }

  private var sentence: String {
    switch self {
    case .file(let error): "\(error)"
    case .archive(let error): "\(error)"
    case .store(let error): "\(error)"
    case .model(let path, let error): "Cannot use '\(path)': \(error)"
    case .noArchitecture(let path, let place):
      "Cannot use '\(path)': it has no \(place), so the model's layers are unknown"
    case .content(let path, let object, let problem):
      "Cannot use '\(path)': '\(object)' \(problem)"
    case .mismatch(let path, _): "'\(path)' does not match the model"
    case .damaged(let path, let reason):
      "Cannot use '\(path)': it is damaged: \(reason)"
    case .notFinite(let path, let object):
      """
      Cannot save '\(path)': '\(object)' contains NaN or infinity; what was there before is \
      unchanged
      """
    case .unsupportedVersion(let path, let found):
      """
      Cannot use '\(path)': it has version \(found) of the checkpoint format, but this program \
      supports only versions up to \(KerasLayout.formatVersion)
      """
    case .unsupportedModel(let problem): "Cannot save the model: \(problem)"
    }
  }
}

extension CheckpointError.Mismatch {
  /// Whether the layers or their sizes differ.
  package var isOfNetwork: Bool {
    if case .nonFinite = self { false } else { !isOfOptimizer }
  }

  /// Whether the state of the optimizer differs.
  package var isOfOptimizer: Bool {
    switch self {
    case .optimizer, .slotOrder: true
    case .missing(let variable, _), .shape(let variable, _, _, _), .type(let variable, _, _),
      .nonFinite(let variable, _, _, _):
      variable.hasPrefix("optimizer/")
    case .unexpected(let path): path.hasPrefix("/optimizer")
    }
  }
}
