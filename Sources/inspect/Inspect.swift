import ArgumentParser
import Arguments
import Console
import Inspection
import JSON
import Sandbox

@main
struct Inspect: Program {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Shows, verifies and compares checkpoints, Keras models and HDF5 files.",
    usage: "inspect [<options>] <file> [<path> ...]",
    discussion: """
      EXAMPLES:
        inspect ckpt.h5
        inspect ckpt.h5 --verify
        inspect ckpt.h5 --diff model.keras --ignore training_state

      Reads Cairn checkpoints, HDF5 and .keras files of Keras, and any other HDF5 file. \
      The model's code \
      is not needed. Only --stats, --slice, --diff and --verify read the values of tensors.

      --verify reads the whole file. The seal at its end (a SHA-256 of each 16 KiB block) locates \
      changed bytes; a digest of each tensor names the changed tensors. Files of other programs \
      have no seal and can still be valid.

      --diff pairs the variables of two models by their role, independent of paths and layer \
      names, so that Cairn and Keras files can be compared. Objects of other HDF5 files are \
      paired by path. Tensors are equal if all bits are equal (NaN included), close if |a-b| <= \
      ATOL + RTOL * |b| for every element, as in numpy.allclose, and otherwise different. Without \
      --rtol and --atol, tensors within RTOL 1e-05 and ATOL 0 are labelled close, but the exit \
      code is still 1. At most 1,000 differences of each kind are printed; --json lists all.

      EXIT CODES: 0 success, or the files are the same, 1 the files differ, 64 usage error, 65 the \
      file is not in a supported format, is damaged, fails --verify (NaN and infinity included), \
      or lacks a requested object, 66 the file does not exist or cannot be read.
      """,
    version: version(of: "inspect"))

  static let shortFlags = "v"

  @Argument(
    help: "File to inspect; '-' reads standard input.",
    completion: .file(extensions: ["h5", "hdf5", "keras", "safetensors"]))
  var file: String

  @Argument(
    help: ArgumentHelp(
      """
      Show only these groups, datasets, layers or variables, given as HDF5 paths or as names such \
      as d1 or d1/kernel.
      """, valueName: "path"), completion: .layersOfFile)
  var paths: [String] = []

  @Flag(
    help: ArgumentHelp(
      """
      List every HDF5 object with path, shape, type, storage layout and attributes, at most 2 MiB \
      of text.
      """))
  var raw = false

  @Flag(help: "Print statistics of each dataset's values.")
  var stats = false

  @Option(
    help: ArgumentHelp(
      "Print a slice of a dataset in NumPy syntax: 'd1/kernel[0:4,:8]'.", valueName: "expr"),
    completion: .layersOfFile)
  var slice: String?

  @Option(
    help: .file("Compare weights, optimizer and training state with another file."),
    completion: .file(extensions: ["h5", "hdf5", "keras", "safetensors"]))
  var diff: String?

  @Option(
    help: .number("Relative tolerance of --diff, as in numpy.allclose."),
    transform: number)
  var rtol: Double?

  @Option(
    help: .number("Absolute tolerance of --diff, as in numpy.allclose."),
    transform: number)
  var atol: Double?

  @Option(
    help: ArgumentHelp(
      """
      Exclude from --diff: model, optimizer, training_state, environment, a part such as history, \
      a layer, a variable or a path; repeatable.
      """, valueName: "part"), completion: .layersOfFile)
  var ignore: [String] = []

  @Flag(
    help: ArgumentHelp(
      """
      Verify the whole file: the seal, every object, the digest of each tensor, and the \
      consistency of the training state.
      """))
  var verify = false

  @Flag(help: "Print one JSON object, with numbers in full precision.")
  var json = false

  @Flag(name: [.customShort("v"), .long], help: .verbose)
  var verbose = false

  @Option(help: .color)
  var color = ColorChoice.auto

  func validate() throws {
    if verify, raw || stats || slice != nil || diff != nil || !paths.isEmpty {
      throw ValidationError(
        "--verify checks the whole file and cannot be combined with PATH, --raw, --stats, --slice "
          + "or --diff.")
    }
    if diff != nil {
      if raw || stats || slice != nil || !paths.isEmpty {
        throw ValidationError(
          "--diff compares whole files and cannot be combined with PATH, --raw, --stats or --slice."
        )
      }
    } else if rtol != nil || atol != nil || !ignore.isEmpty {
      throw ValidationError("--rtol, --atol and --ignore require --diff.")
    }
    for (option, tolerance) in [("--rtol", rtol), ("--atol", atol)] {
      try check(option, tolerance, mustBe: "a number from 0") { $0 >= 0 && $0.isFinite }
    }
    if slice != nil, !paths.isEmpty {
      throw ValidationError("--slice names its dataset and cannot be combined with PATH.")
    }
  }

  func run() throws {
    Sandbox.prepare(forSeveralFiles: diff != nil)
    defer { if verbose { noteConfinement() } }
    try exiting(color: color) {
      let input = try InputPath(file)
      do {
        return verify ? try showVerification(of: input) : try showContents(of: input)
      } catch let error as InspectionError {
        var report = report(of: error)
        report.message = report.message.map { onOneLine($0, of: input) }
        return show(report, color: color)
      }
    }
  }

  /// The maximum number of errors that are printed.
  private static let shownProblems = 100

  /// Prints the requested contents and returns the exit status.
  private func showContents(of input: InputPath) throws -> ExitStatus {
    let contents = try contents(of: input)
    try StandardOutput.write(
      input.shown(json ? contents.json : contents.text(for: Terminal.of(.output, color: color))))
    let problems = contents.problems
    for problem in problems.prefix(Self.shownProblems) { show(problem, of: input) }
    if problems.count > Self.shownProblems {
      show("\(problems.count - Self.shownProblems) more parts cannot be read", of: input)
    }
    guard problems.isEmpty else { return .badData }
    return contents.comparison?.isSame == false ? .negative : .success
  }

  /// Verifies the file, prints the report and returns the exit status.
  private func showVerification(of input: InputPath) throws -> ExitStatus {
    let verification = try Verification(of: input.path)
    let page = Page(Terminal.of(.output, color: color))
    try StandardOutput.write(
      input.shown(
        json
          ? verification.json.document("cairn.inspect.verify/1") : page.verification(verification)))
    guard let sentence = verification.sentence else { return .success }
    show(sentence, of: input)
    return .badData
  }

  /// Reads the requested contents.
  private func contents(of input: InputPath) throws(InspectionError) -> Contents {
    let inspector = try Inspector(opening: input.path)
    var contents = Contents(report: inspector.report)
    if let diff {
      contents.comparison = try inspector.compared(
        with: Inspector(opening: diff), tolerance: Tolerance(relative: rtol, absolute: atol),
        ignoring: ignore)
      return contents
    }
    // A path without --stats lists the objects below it.
    if raw || !paths.isEmpty && !stats { contents.objects = try inspector.objects(paths) }
    if stats { contents.statistics = try inspector.statistics(paths) }
    if let slice { contents.slice = try inspector.values(slice) }
    let isSummary = contents.objects == nil && !stats && slice == nil
    if isSummary, !json, inspector.report.model == nil { contents.tree = try inspector.tree() }
    if isSummary || json || raw && paths.isEmpty { contents.suspicions = inspector.suspicions() }
    return contents
  }

  private func show(_ problem: String, of input: InputPath) {
    show(ErrorReport(onOneLine(problem, of: input), status: .badData), color: color)
  }

  /// Returns a message with the user's name of the file, and with escaped line breaks.
  ///
  /// Messages are single lines: a line break can only come from a name in the file.
  private func onOneLine(_ message: String, of input: InputPath) -> String {
    escaped(input.shown(message))
  }
}
