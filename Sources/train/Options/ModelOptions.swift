import ArgumentParser
import Arguments
import Training

/// The options under the heading Model.
struct ModelOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Model. (default: that of the resumed run, or quickstart)", valueName: "name"))
  var model: ModelName?
}
