public import ArgumentParser
import Checkpoints
public import Console
import Inspection

@main
struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Shows what is inside a checkpoint, or any other HDF5 file.",
    discussion: """
      EXAMPLES:
        inspect ckpt.h5
        inspect ckpt.h5 --stats
        inspect ckpt.h5 --slice 'd1/kernel[0:4,:8]'

      Works on checkpoints of Cairn, on files of Keras in each of their layouts, and on any other \
      HDF5 file. Everything is found from the file alone; the numbers of a model are read for \
      --stats and --slice only.

      EXIT CODES: 0 done, 64 wrong usage, 65 the file is not HDF5, is damaged, or does not hold \
      what was asked for, 66 the file is not there or cannot be read.
      """,
    version: "inspect \(cairnVersion) (Cairn; checkpoint format \(checkpointFormatVersion))")

  @Argument(help: "The file.", completion: .file(extensions: ["h5", "hdf5"]))
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

  @Flag(help: "Print everything as one JSON object, numbers not rounded.")
  var json = false

  @Option(help: "Whether to use colour: auto, always or never.")
  var color = ColorChoice.auto

  func validate() throws {
    if slice != nil, !paths.isEmpty {
      throw ValidationError("--slice names its dataset itself; no other PATH can stand beside it.")
    }
  }

  func run() throws {
    ignoreSIGPIPE()
    var status = ExitStatus.success
    do {
      let contents = try contents()
      try StandardOutput.write(
        json ? contents.json : contents.text(for: Terminal.of(.output, color: color)))
      for problem in contents.problems {
        report(problem)
        status = .badData
      }
    } catch let error as OutputError {
      if error != .closedPipe { report("\(error)") }
      status = error.exitStatus
    } catch let error as InspectionError {
      report("\(error)")
      status = error.exitStatus
    }
    throw ExitCode(status.rawValue)
  }

  /// What was asked for.
  private func contents() throws(InspectionError) -> Contents {
    let inspector = try Inspector(opening: file)
    var contents = Contents(report: inspector.report)
    // A path alone is a question about what is there.
    if raw || !paths.isEmpty && !stats { contents.objects = try inspector.objects(paths) }
    if stats { contents.statistics = try inspector.statistics(paths) }
    if let slice { contents.slice = try inspector.values(slice) }
    return contents
  }

  private func report(_ message: String) {
    printError(program: "inspect", message: message, color: color)
  }
}

extension InspectionError {
  fileprivate var exitStatus: ExitStatus {
    switch self {
    case .file: isUnreadableFile ? .noInput : .badData
    case .otherFile, .noSuchObject, .object, .slice: .badData
    case .expression: .usage
    }
  }
}

extension ColorChoice: ExpressibleByArgument {}
