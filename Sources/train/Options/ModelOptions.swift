import ArgumentParser
import Arguments
import Glibc
import ModelFiles
import Training

/// The options under the heading Model.
struct ModelOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      \(names), or a file with a model of Keras (.json of \
      model.to_json(), .keras, .h5), whose input and last layer adapt to the data. (default: that \
      of the resumed run, or quickstart)
      """, valueName: "name|file"),
    completion: .file(extensions: ["json", "keras", "h5", "safetensors"]))
  var model: String?

  @Option(
    help: .file(
      """
      Start with the weights in this file, by the names of the layers; the last layer may differ.
      """), completion: .file(extensions: ["h5", "keras", "safetensors"]))
  var initWeights: String?

  @Option(
    help: ArgumentHelp(
      """
      Do not train these layers, such as 'conv*,bn1', beside those that the file freezes; none \
      trains all. (default: as the file says)
      """, valueName: "patterns"),
    completion: .layers(of: ["--model", "--init-weights", "--resume", "--save"], isList: true))
  var freeze: String?

  func validate() throws {
    try check("--model", model, mustBe: "\(ModelOptions.names), or the path of a file") {
      unsafe ModelName(rawValue: $0) != nil || $0.contains(".") || access($0, F_OK) == 0
    }
    try check("--init-weights", initWeights, mustBe: "the path of a file") { !$0.isEmpty }
    try check("--freeze", freeze, mustBe: "names of layers, separated by commas") { _ in
      !(patterns ?? []).contains("")
    }
  }

  private static let names = ModelName.allCases.map(\.rawValue).joined(separator: ", ")

  /// The file that describes the model; `nil` without one.
  var file: String? { model.flatMap { ModelName(rawValue: $0) == nil ? $0 : nil } }

  /// The patterns of `--freeze`.
  private var patterns: [String]? {
    guard let freeze, freeze != "none" else { return freeze == nil ? nil : [] }
    return freeze.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }

  /// Sets the options of a run.
  ///
  /// - Parameter options: The options.
  /// - Throws: `CheckpointError` if the file of the model cannot be read.
  func set(_ options: inout RunOptions) throws(CheckpointError) {
    if let model {
      if let name = ModelName(rawValue: model) {
        options.model = .named(name)
      } else {
        options.model = .described(try DescribedModel(opening: model))
      }
    }
    options.initialWeights = initWeights
    options.recipe.frozen = patterns
  }
}
