public import ArgumentParser
import Arguments
import Checkpoints
import Console
import Conversion
import Files
import JSON
import ModelFiles
import Sandbox

@main
struct Convert: Program {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract:
      "Converts models between the files of Cairn and Keras, and writes them for other tools.",
    usage: "convert [<options>] <input> <output>",
    discussion: """
      EXAMPLES:
        convert ckpt.h5 model.keras           for keras.models.load_model
        convert model.keras model.weights.h5  for model.load_weights, train, predict
        convert ckpt.h5 old.h5                for Keras 2 (tf_keras)
        convert weights.h5 model.keras --architecture model.json
        convert ckpt.h5 model.safetensors     for safetensors, predict, and back
        convert ckpt.h5 model.npz             for numpy.load
        convert ckpt.h5 torch.safetensors --format torch > model.py
        convert ckpt.h5 model.h               for C, on a microcontroller
        convert ckpt.h5 model.onnx            for ONNX Runtime and other runtimes

      The input is any file of Cairn, Keras 3 or Keras 2: .keras, .weights.h5, .weights.json, and \
      whole models or weights in .h5; or a .safetensors file that convert wrote. Its format is \
      detected from the content. The output format follows from the file name or --format. Model, \
      weights and optimizer state are converted, so that training can continue in Keras; \
      values do not change. Anything that the output format cannot store is reported on standard \
      error.

      FORMATS: weights (a checkpoint, .weights.h5), keras (.keras), tf-keras (.h5), safetensors \
      (weights by name, with the architecture in the metadata), npz (the same for NumPy), torch (a \
      state_dict of PyTorch in safetensors; the nn.Module is printed), c (a header with the \
      weights and a function that computes the outputs without allocation, .h), onnx (a graph for \
      inference, .onnx).

      EXIT CODES: 0 success, 64 usage error, 65 the input is invalid, 66 the input does not exist, \
      73 the output exists or cannot be created, 74 the output cannot be written.
      """,
    version: version(of: "convert"))

  static let shortFlags = "qv"

  @Argument(
    help: "Input file; '-' reads standard input.",
    completion: .file(extensions: ["h5", "keras", "json", "safetensors"]))
  var input: String

  @Argument(
    help: "Output file.",
    completion: .file(extensions: ["h5", "keras", "safetensors", "npz", "h", "onnx"]))
  var output: String

  @Option(help: "Output format. (default: from the output's file name)")
  var format: ModelFileFormat?

  @Option(
    help: .file(
      """
      Architecture for an input that contains only weights: a model file or the JSON of \
      model.to_json().
      """), completion: .file(extensions: ["json", "keras", "h5"]))
  var architecture: String?

  @Flag(help: "Omit the optimizer state.")
  var resetOptimizer = false

  @Flag(help: "Overwrite an existing output file.")
  var overwrite = false

  @Flag(help: "Print the result as a JSON object.")
  var json = false

  @Flag(name: .shortAndLong, help: "Print only errors.")
  var quiet = false

  @Flag(name: [.customShort("v"), .long], help: .verbose)
  var verbose = false

  @Option(help: .color)
  var color = ColorChoice.auto

  func validate() throws {
    guard !input.isEmpty, !output.isEmpty, architecture?.isEmpty != true else {
      throw ValidationError("Paths must not be empty.")
    }
    guard format != nil || ModelFileFormat(path: output) != nil else {
      throw ValidationError(
        "'\(output)' must end in .keras, .weights.h5, .h5, .onnx, .safetensors, .npz or .h, or "
          + "--format must be given.")
    }
  }

  func run() throws {
    Sandbox.prepare()
    defer { if verbose { noteConfinement() } }
    try exiting(color: color) {
      let source = try InputPath(input)
      let conversion = try Conversion(
        of: source.path, to: output, as: format ?? ModelFileFormat(path: output) ?? .weights,
        architecture: architecture, resetOptimizer: resetOptimizer, replacing: overwrite)
      guard !quiet else { return .success }
      for note in conversion.notes { warn("Not kept: \(note)") }
      for remark in conversion.remarks { warn(remark) }
      try StandardOutput.writeLine(json ? conversion.json : conversion.text)
      return .success
    }
  }

  private func warn(_ message: String) {
    printWarning(program: Self.name, message: message, color: color)
  }
}

extension Conversion {
  /// The line of the result; with source code, it is a comment before it.
  fileprivate var text: String { source.map { "# \(line)\n\n\($0.dropLast())" } ?? line }

  /// `model.keras: keras, 4 layers, 2,770,634 parameters, Adam after 1,875 steps, 33.3 MB`.
  fileprivate var line: String {
    var parts = [
      "\(escaped(path)): \(format.rawValue)", Format.count(layers, "layer"),
      Format.count(parameters, "parameter"),
    ]
    if let optimizer {
      parts.append("\(optimizer.className) after \(Format.count(optimizer.steps, "step"))")
    } else {
      parts.append("no optimizer")
    }
    parts.append(Format.bytes(size))
    return parts.joined(separator: ", ")
  }
}

extension Conversion {
  fileprivate var json: String {
    var members: JSON.Object = [
      "schema": .string("cairn.convert/1"),
      "file": .string(PathText.printable(path)), "format": .string(format.rawValue),
      "size": .integer(size),
      "layers": .integer(layers), "variables": .integer(variables),
      "parameters": .integer(parameters), "not_kept": .array(notes.map(JSON.string)),
      "remarks": .array(remarks.map(JSON.string)),
      "optimizer": .null, "source": source.map(JSON.string) ?? .null,
    ]
    if let optimizer {
      members["optimizer"] = .object([
        "class_name": .string(optimizer.className), "steps": .integer(optimizer.steps),
      ])
    }
    return JSON.object(members).text
  }
}

extension ModelFileFormat: ExpressibleByArgument {}
