public import ArgumentParser
import Arguments
import Checkpoints
public import Console
import FoundationEssentials
import HDF5
public import Inference
import PNG

@main
struct Predict: Program {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Recognises handwritten digits in PNG pictures.",
    discussion: """
      EXAMPLES:
        predict digit.png --model ckpt.h5
        predict samples/*.png --model models/quickstart.h5 -k 3
        predict photo.png --model ckpt.h5 --show --json

      Any PNG will do: dark on light or light on dark, of any size and colour, with or without \
      transparency. The digit is found, scaled and centred as the digits of MNIST were; --show \
      draws what the network saw, and --json tells every decision on the way.

      EXIT CODES: 0 done, 64 wrong usage, 65 a file is not what it should be, 66 a file is not \
      there. One bad picture does not stop the others; the worst code is the exit code.
      """,
    version: "predict \(cairnVersion) (Cairn; checkpoint format \(checkpointFormatVersion))")

  static let shortOptions = "mk"

  @Argument(help: "The pictures.", completion: .file(extensions: ["png"]))
  var files: [String]

  @Option(
    name: [.customShort("m"), .long], help: "The checkpoint with the model.",
    completion: .file(extensions: ["h5"]))
  var model = "ckpt.h5"

  @Option(
    help: ArgumentHelp(
      """
      How a picture becomes the network's input: by MNIST's rule, only resized, or not at all; \
      auto takes pictures that look like MNIST's as they are and applies the rule to others.
      """))
  var preprocess = PreprocessingMode.auto

  @Option(help: "Whether the ink is darker than the paper.")
  var invert = InversionMode.auto

  @Option(
    name: [.customShort("k", allowingJoined: true), .customLong("top")],
    help: ArgumentHelp("Print the N most probable digits.", valueName: "n"))
  var top = 1

  @Flag(help: "Print the probabilities of all ten digits.")
  var probs = false

  @Flag(help: "Print a JSON array.")
  var json = false

  @Flag(help: "Draw what the network saw.")
  var show = false

  @Option(help: "Whether to use colour: auto, always or never.")
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

  /// Recognises picture after picture; one that cannot be used is reported, and the rest go on.
  ///
  /// - Returns: The worst status.
  private func predictAll() throws -> ExitStatus {
    let predictor = try DigitPredictor(loading: model)
    if predictor.seal == .unsealed {
      StandardError.writeLine(
        "predict: note: '\(escaped(model))' has no seal, so damage to it would go unnoticed")
    }
    if let note = predictor.note {
      printWarning(program: "predict", message: note, color: color)
    }
    let preprocessor = DigitPreprocessor(mode: preprocess, inversion: invert)
    var status = ExitStatus.success
    var predictions: [Prediction] = []
    for file in files {
      do throws(InferenceError) {
        predictions.append(try predictor(file, preprocessor: preprocessor))
      } catch {
        status = max(status, report(error))
        continue
      }
      let prediction = predictions[predictions.count - 1]
      if !json { try StandardOutput.writeLine(line(for: prediction)) }
      if show {
        // Between the objects of a JSON array a drawing has no place.
        let drawing = drawing(of: prediction, on: json ? .error : .output)
        if json { StandardError.write(drawing) } else { try StandardOutput.write(drawing) }
      }
    }
    if json { try StandardOutput.write(jsonArray(of: predictions)) }
    return status
  }

  /// `samples/7.png: 7  99.83%`, with more digits if they were asked for.
  private func line(for prediction: Prediction) -> String {
    let terminal = Terminal.of(.output, color: color)
    func shown(_ digit: Int, _ probability: Float) -> String {
      "\(digit)  \(Format.percent(Double(probability)))"
    }
    let ranking = prediction.ranking
    var parts = ranking.prefix(top).map { shown($0.digit, $0.probability) }
    parts[0] = terminal.styled(parts[0], .bold)
    if probs {
      let all = prediction.probabilities.enumerated().map {
        "\($0.offset): \(Format.percent(Double($0.element)))"
      }
      parts.append("(\(all.joined(separator: ", ")))")
    }
    return "\(escaped(prediction.file)): \(parts.joined(separator: "   "))"
  }

  private func jsonArray(of predictions: [Prediction]) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let objects = try predictions.map { String(decoding: try encoder.encode($0), as: UTF8.self) }
    return "[" + objects.map { "\n  \($0)" }.joined(separator: ",") + "\n]\n"
  }

  private func drawing(of prediction: Prediction, on stream: StandardStream) -> String {
    draw(prediction.pixels, width: 28, unicode: Terminal.of(stream, color: color).usesUnicode)
  }

  private func report(_ error: any Error) -> ExitStatus {
    report("\(error)")
    return (error as? InferenceError)?.exitStatus ?? .internalError
  }

  private func report(_ message: String) {
    printError(program: "predict", message: message, color: color)
  }
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
