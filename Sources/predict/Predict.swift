public import ArgumentParser
import Arguments
import CheckpointStore
import Checkpoints
import Console
import Files
public import Images
public import Inference
import JSON

@main
struct Predict: Program {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Classifies PNG and JPEG images with a trained model.",
    usage: "predict [<options>] <file> ...",
    discussion: """
      EXAMPLES:
        predict digit.png --model ckpt.h5
        predict samples/*.png --model models/quickstart.h5 -k 3
        predict photo.jpg --model model.keras --classes names.txt --scale -1..1

      PNG and JPEG files are recognized by their content. They may have any colour type, and up to \
      268 million pixels. The Exif orientation is applied.

      If the model recognises a few reference digits of MNIST, images are preprocessed as MNIST \
      was: the digit is located, scaled and centred. For any other model, the whole image is \
      resized as in the training. Files of Keras say neither how nor what the classes are called: \
      predict then notes what it assumes, and the options say it better.

      A model that was calibrated, or that has a rejected class, answers '?' for images that show \
      none of its classes.

      EXIT CODES: 0 success, 1 an image was rejected (--fail-on-reject), 64 usage error, 65 a file \
      is damaged or does not fit the model, 66 a file cannot be opened, 74 output error. An \
      unusable image does not stop the others; the exit code is the highest.
      """,
    version: version(of: "predict"))

  static let shortOptions = "mk"

  /// The model file to use without `--model`.
  static let defaultModel = "ckpt.h5"

  @Argument(
    help: .file("Images to classify; '-' reads one from standard input."),
    completion: .file(extensions: ["png", "jpg", "jpeg"]))
  var files: [String]

  @Option(
    name: [.customShort("m"), .long],
    help: .file("Model file: a Cairn checkpoint or any Keras model file. (default: ckpt.h5)"),
    completion: .file(extensions: ["h5", "keras"]))
  var model: String?

  @Option(
    help: .mode(
      """
      Image preprocessing. mnist: locate, scale and centre the digit. resize: resize the whole \
      image. none: use the pixels unchanged. auto: for digit models none if the image already \
      looks like MNIST, else mnist; for other models none if the size fits, else resize.
      """))
  var preprocess = PreprocessingMode.auto

  @Option(
    help: .mode(
      """
      Invert the image (dark becomes light). auto: invert digits that are darker than their \
      background.
      """))
  var invert = InversionMode.auto

  @Option(
    help: ArgumentHelp(
      """
      Pixel values of black and white in the model's input. auto: inferred from Rescaling or \
      Normalization layers at the start of the model, else 0..1. 1/255 is another name of 0..1.
      """, valueName: "range"))
  var scale = ScaleOption.auto

  @Option(
    help: .file(
      """
      Text file with the names of the classes, one on each line, in the order of the outputs. \
      (default: those in the model file, or numbers)
      """), completion: .file(extensions: ["txt"]))
  var classes: String?

  @Option(
    help: ArgumentHelp(
      """
      Size of the input in pixels, for a model that takes images of any size. (default: that in \
      the model file)
      """, valueName: "side|wxh"))
  var imageSize: ImageSize?

  @Option(
    help: ArgumentHelp(
      """
      Colour to which images are converted; gray is repeated in each channel. (default: that of \
      the model's input)
      """, valueName: "colour"))
  var imageColor: PicturePreparation.Color?

  @Option(
    help: ArgumentHelp(
      """
      What happens to images of another aspect ratio. (default: as in the training, or stretch)
      """, valueName: "how"))
  var fit: PicturePreparation.Fit?

  @Option(
    name: [.customShort("k", allowingJoined: true), .customLong("top")],
    help: .count("Print the N most probable classes. (default: 1)"),
    transform: wholeNumber)
  var top = 1

  @Flag(help: "Print the probabilities of all classes.")
  var probs = false

  @Flag(help: "Print a JSON array with one object per image (see docs/json.md).")
  var json = false

  @Flag(help: "Draw the preprocessed image as the model receives it.")
  var show = false

  @Option(
    help: ArgumentHelp(
      """
      Write each image as the model receives it to a PNG below this folder, with the folders of \
      its path if that is relative. Existing files are never replaced.
      """, valueName: "folder"), completion: .directory)
  var savePreprocessed: String?

  @Flag(help: "Answer for every image, even if the model rejects it.")
  var accept = false

  @Flag(help: "Exit with 1 if an image is rejected.")
  var failOnReject = false

  @Option(help: .color)
  var color = ColorChoice.auto

  func validate() throws {
    try check("-k", top, in: 1...1_000_000)
  }

  func run() throws {
    try exiting(color: color) { try predictAll() }
  }

  /// Classifies all images, reporting those that cannot be used.
  ///
  /// - Returns: The highest exit status.
  private func predictAll() throws -> ExitStatus {
    let path = model ?? Self.defaultModel
    var options = ClassifierOptions()
    options.range = scale.range
    options.classNames = try classes.map { try ClassifierOptions.classNames(contentsOf: $0) }
    options.size = imageSize.map { .init(width: $0.width, height: $0.height) }
    (options.color, options.fit) = (imageColor, fit)
    options.acceptsAll = accept
    let classifier = try Classifier(loading: path, options: options)
    var preprocessed = savePreprocessed.map { PreprocessedPictures(folder: $0) }
    if classifier.seal == .unsealed {
      note("'\(path)' has no seal, so damage to it would go unnoticed")
    }
    if classifier.assumesQuickstartModel {
      printWarning(
        program: Self.name,
        message: """
          '\(path)' contains only weights; their shapes match the quickstart model, so its layers \
          are assumed
          """, color: color)
    }
    // What is assumed matters for predictions only.
    var assumptions = classifier.notes.filter(\.isAssumption)
    for finding in classifier.notes where !finding.isAssumption {
      note(sentence(for: finding, about: path))
    }
    var status = ExitStatus.success
    var entries: [JSON] = []
    for file in files {
      let prediction: Prediction
      do throws(InferenceError) {
        prediction = try classifier(file, mode: preprocess, inversion: invert)
      } catch {
        status = max(status, show(report(of: error), color: color))
        entries.append(
          .object(["file": .string(PathText.printable(file)), "error": .string("\(error)")]))
        continue
      }
      assumptions.forEach { note(sentence(for: $0, about: path)) }
      assumptions = []
      try preprocessed?.write(prediction)
      if failOnReject, prediction.rejection != nil { status = max(status, .negative) }
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
    func name(_ label: Int) -> String {
      prediction.name(of: label).map { escaped($0) }
        ?? (prediction.isDigit ? "\(label)" : "class \(label)")
    }
    func shown(_ label: Int, _ probability: Float) -> String {
      "\(name(label))  \(Format.percent(Double(probability)))"
    }
    let ranking = prediction.ranking
    var parts = ranking.prefix(top).map { shown($0.label, $0.probability) }
    if let rejection = prediction.rejection {
      parts[0] = text(of: prediction, rejection, name: name)
    }
    parts[0] = terminal.styled(parts[0], .bold)
    if probs {
      let all = prediction.probabilities.enumerated().map {
        "\(prediction.name(of: $0.offset).map { escaped($0) } ?? "\($0.offset)"): "
          + Format.percent(Double($0.element))
      }
      parts.append("(\(all.joined(separator: ", ")))")
    }
    return "\(escaped(prediction.file)): \(parts.joined(separator: "   "))"
  }

  private func jsonArray(of entries: [JSON]) -> String {
    "[" + entries.map { "\n  \($0.text(.canonicalUTF8))" }.joined(separator: ",") + "\n]\n"
  }

  private func drawing(of prediction: Prediction, on stream: StandardStream) -> String {
    draw(
      prediction.pixels, width: prediction.width,
      unicode: Terminal.of(stream, color: color).usesUnicode)
  }

  private func note(_ message: String) {
    StandardError.writeLine("predict: note: \(escaped(message))")
  }

  /// A finding about the model, as a sentence without a full stop.
  private func sentence(for note: ModelNote, about path: String) -> String {
    switch note {
    case .scalesInput(let layers, let range):
      """
      '\(path)' scales its input itself (\(layers.joined(separator: ", "))): pixels are \
      \(range.rawValue)
      """
    case .recognisesDigits(let range):
      "'\(path)' recognises MNIST digits with pixels in \(range.rawValue), which is used"
    case .recognisesNoDigits:
      """
      '\(path)' does not recognise MNIST digits, so images are not preprocessed as digits, and \
      classes are printed as numbers
      """
    case .unusableScore(let score):
      "'\(path)' has a threshold for the score '\(score)', which predict cannot compute"
    case .assumes(let assumptions):
      """
      '\(path)' does not say how its images were prepared, so predict assumes \
      \(assumptions.map(phrase).joined(separator: ", "))
      """
    }
  }

  /// An assumption with the option that replaces it.
  private func phrase(_ assumption: Assumption) -> String {
    switch assumption {
    case .size(let size): "\(size) pixels (--image-size)"
    case .rgb: "colours in the order RGB (--image-color)"
    case .range(let range): "pixels of \(range.rawValue) (--scale)"
    case .stretched: "images stretched to the input (--fit)"
    case .classNumbers: "numbers as names of the classes (--classes)"
    }
  }
}

/// The values of `--scale`.
enum ScaleOption: String, CaseIterable, ExpressibleByArgument {
  case auto
  case zeroToOne = "0..1"
  case bytes = "0..255"
  case minusOneToOne = "-1..1"
  case factor = "1/255"

  /// The pixel range; `nil` for `auto`.
  var range: PixelRange? { self == .factor ? .zeroToOne : PixelRange(rawValue: rawValue) }
}

extension PreprocessingMode: ExpressibleByArgument {}

extension InversionMode: ExpressibleByArgument {}

extension PicturePreparation.Color: ExpressibleByArgument {}

extension PicturePreparation.Fit: ExpressibleByArgument {}
