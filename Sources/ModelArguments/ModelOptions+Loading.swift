public import Arguments
import CheckpointStore
public import Console
public import Inference

extension ModelOptions {
  /// Loads the model, and prints what is not as usual on standard error.
  ///
  /// - Parameters:
  ///   - program: The program.
  ///   - options: What the other options say about the model.
  ///   - color: When messages are coloured.
  /// - Returns: The classifier.
  /// - Throws: ``InferenceError`` if the model or the names of the classes cannot be used.
  public func loadClassifier(
    for program: some Program, _ options: ClassifierOptions, color: ColorChoice
  ) throws(InferenceError) -> sending Classifier {
    var options = options
    options.range = scale.range
    if let classes {
      options.classNames = try ClassifierOptions.classNames(contentsOf: classes)
    }
    let classifier = try Classifier(loading: path, options: options)
    let name = type(of: program).name
    if classifier.seal == .unsealed {
      program.note("'\(path)' has no seal, so damage to it would go unnoticed")
    }
    if classifier.assumesQuickstartModel, !type(of: program).isSilent {
      printWarning(
        program: name,
        message: """
          '\(path)' contains only weights; their shapes match the quickstart model, so its layers \
          are assumed
          """, color: color)
    }
    for finding in classifier.notes where !finding.isAssumption {
      program.note(finding.sentence(about: path, by: name))
    }
    return classifier
  }

  /// A hint for a missing default model file; `nil` if a file was named.
  ///
  /// - Parameter program: The name of the program.
  /// - Returns: The hint.
  public func hintForMissingModel(_ program: String) -> String? {
    guard model == nil else { return nil }
    return """
      --model names the model file, such as ckpt.h5 of '\(command(of: "train")) --save ckpt.h5'; \
      without it, \
      \(program) uses the model of digits that comes with it
      """
  }
}
