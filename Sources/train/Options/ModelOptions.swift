import ArgumentParser
import Arguments
import Training

/// The options under the heading Model.
struct ModelOptions: ParsableArguments {
  @Option(
    help: .name("Model. (default: that of the resumed run, or quickstart)"))
  var model: ModelName?
}
