public import ArgumentParser
import Arguments
import Checkpoints
public import Console
import HDF5
import Inspection
import JSON

@main
struct Inspect: Program {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Shows, verifies and compares checkpoints, Keras models and HDF5 files.",
    discussion: """
      EXAMPLES:
        inspect ckpt.h5
        inspect ckpt.h5 --verify
        inspect ckpt.h5 --diff model.keras --ignore training_state

      Reads Cairn checkpoints, every Keras file layout, and any other HDF5 file. The model's code \
      is not needed. Only --stats, --slice, --diff and --verify read the values of tensors.

      --verify reads the whole file. The seal at its end (a SHA-256 of each 16 KiB block) locates \
      changed bytes; a digest of each tensor names the changed tensors. Files of other programs \
      have no seal and can still be valid.

      --diff pairs the variables of two models by their role, independent of paths and layer \
      names, so that Cairn and Keras files can be compared. Objects of other HDF5 files are \
      paired by path. Tensors are equal if all bits are equal (NaN included), close if |a-b| <= \
      ATOL + RTOL * |b| for every element, as in numpy.allclose, and otherwise different. Without \
      --rtol and --atol, tensors within RTOL 1e-05 and ATOL 0 are labelled close, but the exit \
      code is still 1.

      EXIT CODES: 0 success, or the files are the same, 1 the files differ, 64 usage error, 65 the \
      file is not in a supported format, is damaged, fails --verify (NaN and infinity included), \
      or lacks a requested object, 66 the file does not exist or cannot be read.
      """,
    version: "inspect \(cairnVersion) (Cairn; checkpoint format \(checkpointFormatVersion))")

  @Argument(
    help: "File to inspect; '-' reads standard input.",
    completion: .file(extensions: ["h5", "hdf5"]))
  var file: String

  @Argument(
    help: ArgumentHelp(
      """
      Show only these groups, datasets, layers or variables, given as HDF5 paths or as names such \
      as d1 or d1/kernel.
      """, valueName: "path"))
  var paths: [String] = []

  @Flag(help: "List every HDF5 object with path, shape, type, storage layout and attributes.")
  var raw = false

  @Flag(help: "Print statistics of each dataset's values.")
  var stats = false

  @Option(
    help: ArgumentHelp(
      "Print a slice of a dataset in NumPy syntax: 'd1/kernel[0:4,:8]'.", valueName: "expr"))
  var slice: String?

  @Option(
    help: ArgumentHelp(
      "Compare weights, optimizer and training state with another file.", valueName: "file2"),
    completion: .file(extensions: ["h5", "hdf5", "keras"]))
  var diff: String?

  @Option(
    help: ArgumentHelp(
      "Relative tolerance of --diff, as in numpy.allclose.", valueName: "r"))
  var rtol: Double?

  @Option(
    help: ArgumentHelp("Absolute tolerance of --diff, as in numpy.allclose.", valueName: "a"))
  var atol: Double?

  @Option(
    help: ArgumentHelp(
      """
      Exclude from --diff: model, optimizer, training_state, environment, a part such as history, \
      a layer, a variable or a path; repeatable.
      """, valueName: "part"))
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

  @Option(help: "Coloured output: auto, always or never.")
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
    prepareStandardStreams()
    DamageGuard.install(program: "inspect", exitStatus: ExitStatus.badData.rawValue)
    var status = ExitStatus.success
    let input: InputPath
    do {
      input = try InputPath(file)
    } catch {
      report("\(error)")
      throw ExitCode(ExitStatus.badData.rawValue)
    }
    do {
      if verify { throw ExitCode(try verified(input).rawValue) }
      let contents = try contents(of: input)
      try StandardOutput.write(
        input.shown(
          json ? contents.json : contents.text(for: Terminal.of(.output, color: color))))
      if contents.comparison?.isSame == false { status = .negative }
      for problem in contents.problems {
        report(input.shown(problem))
        status = .badData
      }
    } catch let error as OutputError {
      if error != .closedPipe { report("\(error)") }
      status = error.exitStatus
    } catch let error as InspectionError {
      report(input.shown("\(error)"))
      status = error.exitStatus
    }
    throw ExitCode(status.rawValue)
  }

  /// Verifies the file, prints the report and returns the exit status.
  private func verified(_ input: InputPath) throws -> ExitStatus {
    let verification = try Verification(of: input.path)
    let page = Page(Terminal.of(.output, color: color))
    try StandardOutput.write(
      input.shown(
        json
          ? JSONDocument.object(
            [("schema", .string("cairn.inspect.verify/1"))] + verification.json
          ).text + "\n" : page.verification(verification)))
    guard let sentence = verification.sentence else { return .success }
    report(input.shown(sentence))
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
    let isSummary = contents.objects == nil && !stats && slice == nil && !json
    if isSummary, inspector.report.model == nil { contents.tree = try inspector.tree() }
    return contents
  }

  private func report(_ message: String) {
    // Messages are single lines: a line break can only come from a name in the file.
    printError(program: "inspect", message: escaped(message), color: color)
  }
}

extension InspectionError {
  fileprivate var exitStatus: ExitStatus {
    switch self {
    case .file: isUnreadableFile ? .noInput : .badData
    case .otherFile, .noSuchObject, .object, .slice: .badData
    case .expression, .ignored: .usage
    }
  }
}

extension ColorChoice: ExpressibleByArgument {}
