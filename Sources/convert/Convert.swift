public import ArgumentParser
import Arguments
import Checkpoints
public import Console
import HDF5
import NeuralNetwork
import SystemPaths

@main
struct Convert: Program {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Turns a model's file into another form, with its optimizer.",
    discussion: """
      EXAMPLES:
        convert ckpt.h5 model.keras           for keras.models.load_model, which then goes on training
        convert model.keras model.weights.h5  for model.load_weights, and for train and predict
        convert ckpt.h5 old.h5                for tf_keras, the Keras of TensorFlow 2.15 and before
        convert weights.h5 model.keras --architecture model.json
                                              weights alone, and what model.to_json() returned

      IN is any file of Cairn or Keras: .keras, .weights.h5, .weights.json, whole models and weights in \
      .h5, of Keras 3 and of Keras 2. It is known by its content; the form of OUT by its name, or by \
      --format. What the new form cannot hold is told on standard error. Weights and optimizer are \
      the same numbers in every form.

      EXIT CODES: 0 done, 64 wrong usage, 65 IN is not what it should be, 66 IN is not there, \
      73 OUT is there already or cannot be created, 74 OUT cannot be written.
      """,
    version: "convert \(cairnVersion) (Cairn; checkpoint format \(checkpointFormatVersion))")

  static let shortFlags = "q"

  @Argument(
    help: "The file to read; '-' is standard input.",
    completion: .file(extensions: ["h5", "keras", "json"]))
  var input: String

  @Argument(help: "The file to write.", completion: .file(extensions: ["h5", "keras"]))
  var output: String

  @Option(
    help: ArgumentHelp(
      "The form of OUT: weights, keras or tf-keras; by default what its name stands for."))
  var format: ConversionFormat?

  @Option(
    help: ArgumentHelp(
      """
      The model of an IN that holds only weights: a model file, or the JSON text of \
      model.to_json().
      """, valueName: "file"), completion: .file(extensions: ["json", "keras", "h5"]))
  var architecture: String?

  @Flag(help: "Leave the state of the optimizer behind.")
  var resetOptimizer = false

  @Flag(help: "Replace OUT if it is there.")
  var overwrite = false

  @Flag(help: "Print a JSON object.")
  var json = false

  @Flag(name: .shortAndLong, help: "Print nothing but errors.")
  var quiet = false

  @Option(help: "Whether to use colour: auto, always or never.")
  var color = ColorChoice.auto

  func validate() throws {
    guard !input.isEmpty, !output.isEmpty, architecture?.isEmpty != true else {
      throw ValidationError("A path is empty.")
    }
    guard format != nil || ConversionFormat(path: output) != nil else {
      throw ValidationError(
        "'\(output)' ends in none of .keras, .weights.h5 and .h5: say --format.")
    }
  }

  func run() throws {
    prepareStandardStreams()
    DamageGuard.install(program: "convert", exitStatus: ExitStatus.badData.rawValue)
    var status = ExitStatus.success
    do {
      let source = try InputPath(input)
      let conversion = try Conversion(
        of: source.path, to: output, as: format ?? ConversionFormat(path: output) ?? .weights,
        architecture: architecture, resetOptimizer: resetOptimizer, replacing: overwrite)
      if !quiet {
        for note in conversion.notes {
          printWarning(program: "convert", message: "Not kept: \(note)", color: color)
        }
        for remark in conversion.remarks {
          printWarning(program: "convert", message: remark, color: color)
        }
        try StandardOutput.writeLine(json ? conversion.json : conversion.line)
      }
    } catch let error as OutputError {
      if error != .closedPipe { printError(program: "convert", message: "\(error)", color: color) }
      status = error.exitStatus
    } catch let error as InputPath.Failure {
      printError(program: "convert", message: "\(error)", color: color)
      status = .badData
    } catch let error as CheckpointError {
      printError(program: "convert", message: "\(error)", hint: hint(for: error), color: color)
      status = error.exitStatus
      if status == .usage { StandardError.writeLine("Usage: \(Convert.usageString())") }
    }
    throw ExitCode(status.rawValue)
  }

  private var leaveBehind: String {
    "--reset-optimizer leaves the state of the optimizer behind"
  }

  /// What to do about an error.
  private func hint(for error: CheckpointError) -> String? {
    switch error {
    case .occupied(_, _, .run): "name another file, or add --overwrite to end the run there"
    case .occupied: "--overwrite replaces it"
    case .isInput: "name another file; the input is never replaced"
    case .mismatch(_, let differences) where differences.allSatisfy(\.isOfOptimizer): leaveBehind
    case .noArchitecture where architecture == nil:
      "--architecture FILE names a file that describes the model"
    case .model(_, .compilation), .content(_, "/optimizer/vars", _): leaveBehind
    default: nil
    }
  }
}

extension Conversion {
  /// `model.keras: keras, 4 layers, 2,770,634 parameters, Adam after 1,875 steps, 33.3 MB`.
  fileprivate var line: String {
    var parts = [
      "\(escaped(path)): \(format.rawValue)", "\(layers) layers",
      "\(Format.grouped(parameters)) parameters",
    ]
    if let optimizer {
      parts.append("\(optimizer.className) after \(Format.grouped(optimizer.steps)) steps")
    } else {
      parts.append("no optimizer")
    }
    parts.append(Format.bytes(size))
    return parts.joined(separator: ", ")
  }
}

extension Conversion {
  fileprivate var json: String {
    var members: [String: JSON] = [
      "schema": .string("cairn.convert/1"),
      "file": .string(PathText.printable(path)), "format": .string(format.rawValue),
      "size": .integer(size),
      "layers": .integer(layers), "variables": .integer(variables),
      "parameters": .integer(parameters), "not_kept": .array(notes.map(JSON.string)),
      "remarks": .array(remarks.map(JSON.string)),
      "optimizer": .null,
    ]
    if let optimizer {
      members["optimizer"] = .object([
        "class_name": .string(optimizer.className), "steps": .integer(optimizer.steps),
      ])
    }
    return JSON.object(members).text
  }
}

extension CheckpointError {
  fileprivate var exitStatus: ExitStatus {
    switch kind {
    case .usage: .usage
    case .noInput: .noInput
    case .badData: .badData
    case .cannotCreate: .cannotCreate
    case .inputOutput: .ioError
    case .inUse: .busy
    }
  }
}

extension ColorChoice: ExpressibleByArgument {}

extension ConversionFormat: ExpressibleByArgument {}
