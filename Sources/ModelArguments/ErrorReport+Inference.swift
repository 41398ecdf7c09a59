public import Arguments
import Checkpoints
import Console
import Datasets
public import Images
public import Inference
import ModelFiles

extension ErrorReport {
  /// Maps an error of classifying pictures to its sentence, its hint and the exit status.
  ///
  /// - Parameters:
  ///   - error: The error.
  ///   - hint: Advice if the model file is missing.
  public init(of error: InferenceError, hintForMissingModel hint: String?) {
    switch error {
    case .checkpoint(let cause):
      self.init(
        cause.sentence, hint: cause.kind == .noInput ? hint : nil,
        status: cause.kind == .noInput ? .noInput : .badData)
    case .picture(let cause): self.init(of: cause)
    case .input(_, let problem):
      self.init(
        "\(error)", hint: problem == .folder ? "-r classifies the pictures in folders" : nil,
        status: problem.isUnreadable ? .noInput : .badData)
    case .data(.unreadable): self.init("\(error)", status: .noInput)
    case .labels(.unreadable): self.init("\(error)", status: .noInput)
    case .labels(.unknownClass(let name, of: let picture)) where name == picture,
      .labels(.noNumber(let name, of: let picture)) where name == picture:
      self.init("\(error)", status: .usage, showsUsage: false)
    case .data, .labels: self.init("\(error)", status: .badData)
    case .classNames(_, let problem):
      self.init("\(error)", status: problem.isUnreadable ? .noInput : .badData)
    case .otherModel, .preprocessing: self.init("\(error)", status: .badData)
    }
  }

  /// Maps an error of a picture to its sentence and the exit status.
  ///
  /// - Parameter error: The error.
  public init(of error: ImageError) {
    switch error.reason {
    case .unreadable: self.init("\(error)", status: .noInput)
    case .uncreatable: self.init("\(error)", status: .cannotCreate)
    case .unwritten: self.init("\(error)", status: .ioError)
    case .otherFormat, .tooLarge, .damaged, .unsupported:
      self.init("\(error)", status: .badData)
    }
  }
}

extension InputProblem {
  /// Whether something cannot be opened, or not in this way.
  fileprivate var isUnreadable: Bool {
    switch self {
    case .folder, .unreadable: true
    case .emptyFolder, .shape, .smallSheet: false
    }
  }
}

extension ClassNamesProblem {
  /// Whether the file is missing or cannot be opened.
  fileprivate var isUnreadable: Bool { if case .unreadable = self { true } else { false } }
}
