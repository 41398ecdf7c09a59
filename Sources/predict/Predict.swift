public import ArgumentParser
import Arguments
import Checkpoints
public import Console
import Files
import HDF5
public import Inference
import JSON
import PNG

@main
struct Predict: Program {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Classifies PNG images with a trained model.",
    discussion: """
      EXAMPLES:
        predict digit.png --model ckpt.h5
        predict samples/*.png --model models/quickstart.h5 -k 3
        predict photo.png --model model.keras --show --json

      PNG files may have any colour type and bit depth, and up to 268 million pixels. The Exif \
      orientation is applied.

      If the model recognises a few reference digits of MNIST, images are preprocessed as MNIST \
      was: the digit is located, scaled and centred. For any other model, the whole image is \
      resized to the input size, and classes are printed as numbers.

      EXIT CODES: 0 success, 64 usage error, 65 a file is damaged or does not fit the model, 66 a \
      file cannot be opened, 74 output error. An unusable image does not stop the others; the exit \
      code is the highest.
      """,
    version: "predict \(cairnVersion) (Cairn; checkpoint format \(checkpointFormatVersion))")

  static let shortOptions = "mk"

  /// The model file to use without `--model`.
  private static let defaultModel = "ckpt.h5"

  @Argument(
    help: "Images to classify; '-' reads one from standard input.",
    completion: .file(extensions: ["png"]))
  var files: [String]

  @Option(
    name: [.customShort("m"), .long],
    help: "Model file: a Cairn checkpoint or any Keras model file. (default: ckpt.h5)",
    completion: .file(extensions: ["h5", "keras"]))
  var model: String?

  @Option(
    help: ArgumentHelp(
      """
      Image preprocessing. mnist: locate, scale and centre the digit. resize: resize the whole \
      image. none: use the pixels unchanged. auto: for digit models none if the image already \
      looks like MNIST, else mnist; for other models none if the size fits, else resize.
      """))
  var preprocess = PreprocessingMode.auto

  @Option(
    help: """
      Invert the image (dark becomes light). auto: invert digits that are darker than their \
      background.
      """)
  var invert = InversionMode.auto

  @Option(
    help: ArgumentHelp(
      """
      Pixel value range of the model's input, black..white: 0..1, 0..255 or -1..1. auto: inferred \
      from Rescaling or Normalization layers at the start of the model, else 0..1.
      """, valueName: "range"))
  var scale = ScaleOption.auto

  @Option(
    name: [.customShort("k", allowingJoined: true), .customLong("top")],
    help: ArgumentHelp("Print the N most probable classes.", valueName: "n"))
  var top = 1

  @Flag(help: "Print the probabilities of all classes.")
  var probs = false

  @Flag(help: "Print a JSON array with one object per image (see docs/json.md).")
  var json = false

  @Flag(help: "Draw the preprocessed image as the model receives it.")
  var show = false

  @Option(help: "Coloured output: auto, always or never.")
  var color = ColorChoice.auto

  func validate() throws {
    try check("-k", top, in: 1...1_000_000)
  }

  func run() throws {
    prepareStandardStreams()
    DamageGuard.install(program: "predict", exitStatus: ExitStatus.badData.rawValue)
    var status: ExitStatus
    do {
      status = try predictAll()
    } catch let error as OutputError {
      if error != .closedPipe { report("\(error)") }
      status = error.exitStatus
    } catch {
      status = report(error)
    }
    throw ExitCode(status.rawValue)
  }

  /// Classifies all images, reporting those that cannot be used.
  ///
  /// - Returns: The highest exit status.
  private func predictAll() throws -> ExitStatus {
    let path = model ?? Self.defaultModel
    let classifier = try Classifier(loading: path, range: scale.range)
    if classifier.seal == .unsealed {
      StandardError.writeLine(
        "predict: note: '\(escaped(path))' has no seal, so damage to it would go unnoticed")
    }
    if let warning = classifier.warning {
      printWarning(program: "predict", message: warning, color: color)
    }
    for note in classifier.notes { StandardError.writeLine("predict: note: \(escaped(note))") }
    var status = ExitStatus.success
    var entries: [JSON] = []
    for file in files {
      let prediction: Prediction
      do throws(InferenceError) {
        prediction = try classifier(file, mode: preprocess, inversion: invert)
      } catch {
        status = max(status, report(error))
        entries.append(
          .object(["file": .string(PathText.printable(file)), "error": .string("\(error)")]))
        continue
      }
      entries.append(prediction.json)
      if !json { try StandardOutput.writeLine(line(for: prediction)) }
      if show {
        // On standard output, a drawing would break the JSON array.
        let drawing = drawing(of: prediction, on: json ? .error : .output)
        if json { StandardError.write(drawing) } else { try StandardOutput.write(drawing) }
      }
    }
    if json { try StandardOutput.write(jsonArray(of: entries)) }
    return status
  }

  /// Formats a prediction as `samples/7.png: 7  99.83%` or `cat.png: class 3  99.83%`, followed by
  /// more classes with `--top` and by all probabilities with `--probs`.
  private func line(for prediction: Prediction) -> String {
    let terminal = Terminal.of(.output, color: color)
    func shown(_ label: Int, _ probability: Float) -> String {
      "\(prediction.isDigit ? "" : "class ")\(label)  \(Format.percent(Double(probability)))"
    }
    let ranking = prediction.ranking
    var parts = ranking.prefix(top).map { shown($0.label, $0.probability) }
    parts[0] = terminal.styled(parts[0], .bold)
    if probs {
      let all = prediction.probabilities.enumerated().map {
        "\($0.offset): \(Format.percent(Double($0.element)))"
      }
      parts.append("(\(all.joined(separator: ", ")))")
    }
    return "\(escaped(prediction.file)): \(parts.joined(separator: "   "))"
  }

  private func jsonArray(of entries: [JSON]) -> String {
    "[" + entries.map { "\n  \($0.text(.compactUTF8))" }.joined(separator: ",") + "\n]\n"
  }

  private func drawing(of prediction: Prediction, on stream: StandardStream) -> String {
    draw(
      prediction.pixels, width: prediction.width,
      unicode: Terminal.of(stream, color: color).usesUnicode)
  }

  private func report(_ error: any Error) -> ExitStatus {
    report("\(error)", hint: hint(for: error))
    return (error as? InferenceError)?.exitStatus ?? .internalError
  }

  private func report(_ message: String, hint: String? = nil) {
    printError(program: "predict", message: message, hint: hint, color: color)
  }

  /// A hint for a missing default model file.
  private func hint(for error: any Error) -> String? {
    guard model == nil, case .checkpoint(let error)? = error as? InferenceError,
      error.kind == .noInput
    else { return nil }
    return """
      --model names the model file; without it, predict opens \(Self.defaultModel) in this folder, \
      as 'train --save \(Self.defaultModel)' makes it
      """
  }
}

/// The values of `--scale`.
enum ScaleOption: String, CaseIterable, ExpressibleByArgument {
  case auto
  case zeroToOne = "0..1"
  case bytes = "0..255"
  case minusOneToOne = "-1..1"

  /// The pixel range; `nil` for `auto`.
  var range: PixelRange? { PixelRange(rawValue: rawValue) }
}

extension InferenceError {
  /// The exit code of the program.
  fileprivate var exitStatus: ExitStatus {
    switch self {
    case .checkpoint(let error): error.kind == .noInput ? .noInput : .badData
    case .picture(let error): error.isUnreadable ? .noInput : .badData
    case .otherModel, .preprocessing: .badData
    }
  }
}

extension PNGError {
  fileprivate var isUnreadable: Bool {
    if case .unreadable = reason { return true }
    return false
  }
}

extension PreprocessingMode: ExpressibleByArgument {}

extension InversionMode: ExpressibleByArgument {}

extension ColorChoice: ExpressibleByArgument {}
