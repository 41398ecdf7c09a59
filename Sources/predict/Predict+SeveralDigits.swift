import ArgumentParser
import Inference
import ModelArguments

extension Predict {
  /// Refuses what has no meaning for several digits of an image.
  func checkSeveralDigits() throws {
    if several.sheet != nil, evaluation.labels == "folders" {
      throw ValidationError(
        "`--labels folders` cannot be used with `--sheet`: all cells are in one folder.")
    }
    guard several.segment else { return }
    let other =
      switch true {
      case preprocessing.preprocess == .resize: "--preprocess resize"
      case preprocessing.preprocess == .none: "--preprocess none"
      case preprocessing.input.imageSize != nil: "--image-size"
      case preprocessing.input.imageColor != nil: "--image-color"
      case preprocessing.input.fit != nil: "--fit"
      case explanation.explain != nil: "--explain"
      case evaluation.worst != nil: "--worst"
      case answers.csv && answers.probs: "--csv --probs"
      default: ""
      }
    guard other.isEmpty else {
      throw ValidationError("`--segment` and `\(other)` cannot be used together.")
    }
  }
}
