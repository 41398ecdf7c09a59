import ArgumentParser
import Arguments
import Inference

/// The options under the heading Evaluation.
struct EvaluationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      The true classes: a file with a label for each image (IDX, or text with a name or number on \
      each line), or 'folders' if each image is in a folder with the name of its class. Prints \
      the accuracy and the confusion matrix.
      """, valueName: "file|folders"), completion: .file())
  var labels: String?

  @Option(
    help: ArgumentHelp(
      "The class of all images, by name or number: another answer makes the exit code 1.",
      valueName: "class"))
  var expect: String?

  @Option(
    help: .file("Write the worst errors as a sheet of pictures to a PNG, which must not exist."),
    completion: .file(extensions: ["png"]))
  var worst: String?

  func validate() throws {
    guard labels == nil || expect == nil else {
      throw ValidationError("`--labels` and `--expect` cannot be used together.")
    }
    guard worst == nil || place != nil else {
      throw ValidationError("`--worst` needs `--labels` or `--expect`.")
    }
  }

  /// Where the true classes are; `nil` if they are not known.
  var place: PictureLabels.Place? {
    labels.map { $0 == "folders" ? .folders : .file($0) } ?? expect.map { .same($0) }
  }
}
