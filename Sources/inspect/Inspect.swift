public import ArgumentParser
import Arguments
import Checkpoints
public import Console
import HDF5
import Inspection

@main
struct Inspect: Program {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Shows what is inside a checkpoint, or any other HDF5 file.",
    discussion: """
      EXAMPLES:
        inspect ckpt.h5
        inspect ckpt.h5 --verify
        inspect ckpt.h5 --diff model.keras --ignore training_state

      Works on checkpoints of Cairn, on files of Keras in each of their layouts, and on any other \
      HDF5 file. Everything is found from the file alone; the numbers of a model are read for \
      --stats, --slice, --diff and --verify only.

      --verify reads the whole file: the seal tells which bytes have changed and what lies there, the \
      digests tell which tensors have; a file without a seal, as of other programs, can be good too.

      --diff pairs the variables of two models by what they are, wherever they stand and whatever the \
      layers are called, so that files of Cairn and of Keras compare; the objects of other files are \
      paired by their paths. A tensor is equal if every bit is, NaN included; close if \
      |a-b| <= ATOL + RTOL * |b| for each element, as in numpy's allclose; else different. Without \
      --rtol and --atol, close means RTOL 1e-05 and ATOL 0, and only equal tensors count as the same.

      EXIT CODES: 0 done, and nothing differs, 1 the files differ, 64 wrong usage, 65 the file is not HDF5, is damaged or not finite, or does not hold \
      what was asked for, 66 the file is not there or cannot be read.
      """,
    version: "inspect \(cairnVersion) (Cairn; checkpoint format \(checkpointFormatVersion))")

  @Argument(
    help: "The file; '-' is standard input.", completion: .file(extensions: ["h5", "hdf5"]))
  var file: String

  @Argument(
    help: ArgumentHelp(
      """
      Show only these groups, datasets, layers or variables: paths in the file, or names such as \
      d1 and d1/kernel.
      """, valueName: "path"))
  var paths: [String] = []

  @Flag(help: "List every object: its path, shape, type, storage and attributes.")
  var raw = false

  @Flag(help: "Read the numbers and print statistics of each dataset.")
  var stats = false

  @Option(
    help: ArgumentHelp(
      "Print a part of a dataset, written as in NumPy: 'd1/kernel[0:4,:8]'.", valueName: "expr"))
  var slice: String?

  @Option(
    help: ArgumentHelp(
      "Compare with another file: weights, optimizer and training state.", valueName: "file2"),
    completion: .file(extensions: ["h5", "hdf5", "keras"]))
  var diff: String?

  @Option(
    help: ArgumentHelp(
      "Count numbers as the same that differ by this part of the second one.", valueName: "r"))
  var rtol: Double?

  @Option(
    help: ArgumentHelp("Count numbers as the same that differ by this much.", valueName: "a"))
  var atol: Double?

  @Option(
    help: ArgumentHelp(
      """
      Leave this out of --diff: model, optimizer, training_state, environment, a part such as \
      history, a layer, a variable, or a path; can be repeated.
      """, valueName: "part"))
  var ignore: [String] = []

  @Flag(
    help: ArgumentHelp(
      """
      Read the whole file and check it: its seal, every object, the digest of each tensor, and that \
      the training state fits.
      """))
  var verify = false

  @Flag(help: "Print everything as one JSON object, numbers not rounded.")
  var json = false

  @Option(help: "Whether to use colour: auto, always or never.")
  var color = ColorChoice.auto

  func validate() throws {
    if verify, raw || stats || slice != nil || diff != nil || !paths.isEmpty {
      throw ValidationError(
        "--verify checks a whole file; no PATH, --raw, --stats, --slice or --diff goes with it.")
    }
    if diff != nil {
      if raw || stats || slice != nil || !paths.isEmpty {
        throw ValidationError(
          "--diff compares whole files; neither a PATH nor --raw, --stats or --slice goes with it.")
      }
    } else if rtol != nil || atol != nil || !ignore.isEmpty {
      throw ValidationError("--rtol, --atol and --ignore go with --diff.")
    }
    for (option, tolerance) in [("--rtol", rtol), ("--atol", atol)] {
      try check(option, tolerance, mustBe: "a number from 0") { $0 >= 0 && $0.isFinite }
    }
    if slice != nil, !paths.isEmpty {
      throw ValidationError("--slice names its dataset itself; no other PATH can stand beside it.")
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

  /// Checks the file.
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

  /// What was asked for.
  private func contents(of input: InputPath) throws(InspectionError) -> Contents {
    let inspector = try Inspector(opening: input.path)
    var contents = Contents(report: inspector.report)
    if let diff {
      contents.comparison = try inspector.compared(
        with: Inspector(opening: diff), tolerance: Tolerance(relative: rtol, absolute: atol),
        ignoring: ignore)
      return contents
    }
    // A path alone is a question about what is there.
    if raw || !paths.isEmpty && !stats { contents.objects = try inspector.objects(paths) }
    if stats { contents.statistics = try inspector.statistics(paths) }
    if let slice { contents.slice = try inspector.values(slice) }
    let isSummary = contents.objects == nil && !stats && slice == nil && !json
    if isSummary, inspector.report.model == nil { contents.tree = try inspector.tree() }
    return contents
  }

  private func report(_ message: String) {
    // One sentence: a line break is one that a file has put into a name.
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
