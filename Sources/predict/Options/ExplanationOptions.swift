public import ArgumentParser
import Arguments
public import Inference

/// The options under the heading Explanation.
struct ExplanationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Show which parts of each image an answer depends on. occlusion: how much the probability \
      drops if a part is hidden. saliency: the gradient of each pixel. gradcam: the channels of \
      the last layer with spatial extent, weighted by their gradients.
      """, valueName: "method"))
  var explain: ExplanationMethod?

  @Option(
    name: [.customLong("class")],
    help: ArgumentHelp(
      "The class to explain, by name or number. (default: the answer)", valueName: "class"))
  var explainedClass: String?

  @Option(
    name: [.customShort("o"), .long],
    help: .file(
      """
      Write the explanation over the image to a PNG, which must not exist; of several images, a \
      sheet with the first 64.
      """), completion: .file(extensions: ["png"]))
  var output: String?

  func validate() throws {
    guard explain != nil || explainedClass == nil && output == nil else {
      throw ValidationError(
        "`\(output == nil ? "--class" : "--output")` needs `--explain`.")
    }
  }
}

extension ExplanationMethod: ExpressibleByArgument {}
