public import ArgumentParser
import Checkpoints
public import Console
import Inspection
import NeuralNetwork

@main
struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Shows what a checkpoint, or any HDF5 file, holds.",
    discussion: """
      EXAMPLES:
        inspect ckpt.h5
        inspect ckpt.h5 conv1 d1/kernel --stats
        inspect ckpt.h5 --slice 'd1/kernel[0:4,:8]'

      By default: what file it is, the model layer by layer, parameters of model and optimizer \
      apart, where the run stands and whether it can go on. Only --stats and --slice read the \
      numbers themselves.

      EXIT CODES: 0 done, 64 wrong usage, 65 not HDF5, damaged, or without what was asked for, \
      66 the file is not there.
      """,
    version: "inspect \(cairnVersion) (Cairn; checkpoint format \(checkpointFormatVersion))")

  @Argument(help: "The file.", completion: .file(extensions: ["h5", "hdf5"]))
  var file: String

  @Argument(
    help: ArgumentHelp(
      "Only these: layers and variables of the model (conv1, d1/kernel), or paths in the file.",
      valueName: "path"))
  var paths: [String] = []

  @Flag(help: "Every object with its true path, shape, type, layout and attributes.")
  var raw = false

  @Flag(help: "Minimum, maximum, mean, deviation, zeros, NaN, infinities and a histogram.")
  var stats = false

  @Option(help: ArgumentHelp("Print a part of an array, as in NumPy.", valueName: "expr"))
  var slice: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  @Option(help: "Whether to use colour: auto, always or never.")
  var color = ColorChoice.auto

  func run() throws {
    ignoreSIGPIPE()
    let status: ExitStatus
    do {
      try StandardOutput.write(try output())
      status = .success
    } catch let error as InspectionError {
      printError(program: "inspect", message: "\(error)", color: color)
      status = error.exitStatus
    } catch let error as OutputError {
      if error != .closedPipe { printError(program: "inspect", message: "\(error)", color: color) }
      status = error.exitStatus
    }
    throw ExitCode(status.rawValue)
  }

  private func output() throws(InspectionError) -> String {
    let inspector = try Inspector(opening: file)
    let report = try inspector.report()
    var contents = Contents(report: report)

    if let slice {
      let expression = try SliceExpression(slice)
      contents.slice = (slice, try inspector.values(of: expression, in: report))
    }
    if !paths.isEmpty || raw || stats {
      var selected: [String] = []
      for path in paths { selected += try inspector.paths(named: path, in: report) }
      if paths.isEmpty { selected = ["/"] }
      for path in selected { contents.objects += try inspector.objects(below: path) }
    }
    if stats {
      for object in contents.objects where object.dataset != nil && object.sameAs == nil {
        contents.statistics[object.path] = try inspector.statistics(of: object.path)
      }
    }
    contents.isPart = !paths.isEmpty || raw || stats || slice != nil
    if json { return contents.json.text + "\n" }
    return contents.text(for: Terminal.of(.output, color: color))
  }
}

extension InspectionError {
  /// The exit code of the program.
  fileprivate var exitStatus: ExitStatus {
    switch self {
    case .file(let error): error.kind == .noInput ? .noInput : .badData
    case .otherFile, .noSuchObject: .badData
    case .slice: .usage
    }
  }
}

extension ColorChoice: ExpressibleByArgument {}
