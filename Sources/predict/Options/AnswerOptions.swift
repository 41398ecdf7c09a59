import ArgumentParser
import Arguments
import Console

/// The options under the heading Answers.
struct AnswerOptions: ParsableArguments {
  @Option(
    name: [.customShort("k", allowingJoined: true), .customLong("top")],
    help: .count("Print the N most probable classes. (default: 1)"),
    transform: wholeNumber)
  var top = 1

  @Flag(help: "Print the probabilities of all classes.")
  var probs = false

  @Flag(help: "Print a JSON array with one object per image (see the guide JSONOutput).")
  var json = false

  @Flag(help: "Print the objects of --json one on each line, each as soon as it is known.")
  var jsonl = false

  @Flag(help: "Print comma-separated values (see the guide JSONOutput); --probs adds columns.")
  var csv = false

  @Flag(
    name: [.customShort("q"), .long],
    help: "Print no answers, only errors and the evaluation.")
  var quiet = false

  @Flag(name: [.customShort("v"), .long], help: .verbose)
  var verbose = false

  @Flag(help: "Answer for every image, even if the model rejects it.")
  var accept = false

  @Flag(help: "Exit with 1 if an image is rejected.")
  var failOnReject = false

  @Option(help: .color)
  var color = ColorChoice.auto

  func validate() throws {
    try check("-k", top, in: 1...1_000_000)
    let forms = [("--json", json), ("--jsonl", jsonl), ("--csv", csv), ("--quiet", quiet)]
      .filter(\.1).map(\.0)
    guard forms.count < 2 else {
      throw ValidationError("`\(forms[0])` and `\(forms[1])` cannot be used together.")
    }
  }
}
