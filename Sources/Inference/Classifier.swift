public import CheckpointStore
import Checkpoints
import JSON
import ModelFiles
import NeuralNetwork
import Images
import Tensors

/// An image classifier with a model from a file.
///
/// The input layout, the pixel value range and the meaning of the output are inferred from the
/// layers, so that models of any size and for any classes work.
///
/// ```swift
/// let classifier = try Classifier(loading: model)
/// let prediction = try classifier(picture)
/// print(prediction.label, prediction.confidence)  // the class, and its probability
/// ```
public struct Classifier {
  let model: GraphModel
  let path: String
  let scaling: InputScaling
  let meaning: OutputMeaning
  let isBinary: Bool
  let assumptions: [Assumption]
  let rule: RejectionRule?

  /// How pictures become the model's input.
  let preparation: InputPreparation

  /// How many pictures pass through the model together.
  let batchSize: Int

  /// The state of the file's seal: verified, or no seal.
  public let seal: SealState

  /// Whether the file contains only weights, whose shapes match those of the quickstart model, so
  /// that its layers are assumed.
  public let assumesQuickstartModel: Bool

  /// Findings about the model that decide how images are preprocessed.
  public private(set) var notes: [ModelNote] = []

  /// The names of the classes; empty if there are none.
  public let classNames: [String]

  /// The number of classes; two for a single sigmoid.
  public let classCount: Int

  /// Whether the model's classes are the digits 0 to 9.
  public let recognisesDigits: Bool

  /// Loads a model.
  ///
  /// - Parameters:
  ///   - path: The path of a file with an image classifier, or with only the weights of the
  ///     quickstart model.
  ///   - options: Facts about the model that override the file.
  /// - Throws: ``InferenceError`` if the file cannot be read, its model is not an image classifier,
  ///   or the options do not fit it.
  public init(
    loading path: String, options: ClassifierOptions = ClassifierOptions()
  ) throws(InferenceError) {
    let file = try Self.reading { () throws(CheckpointError) in
      try CheckpointFile(opening: path)
    }
    seal = file.seal
    let pictures: PictureConfig?
    do throws(CheckpointError) {
      pictures = try file.pictureConfig()
      isBinary = Self.namesBinaryLoss(try file.compileConfig())
      model = try file.loadModelIfDescribed() ?? Self.makeQuickstartModel()
    } catch {
      throw .checkpoint(error)
    }
    assumesQuickstartModel = !model.isBuilt
    if assumesQuickstartModel { try Self.load(model, from: file) }
    self.path = path
    let form: ModelForm
    do throws(ModelProblem) {
      form = try ModelForm(of: model, size: options.size)
      try Self.check(options, form)
    } catch {
      throw .otherModel(path: path, error)
    }
    let layout = form.layout
    batchSize = min(layout.batchSize, form.batchLimit)
    meaning = form.meaning
    classCount = form.classCount
    let names = pictures?.classNames ?? []
    let namesInFile = names.count == form.classCount ? names : []
    rule = RejectionRule(pictures, classCount: form.classCount)
    // A rejected class follows the digits.
    let rejects = rule?.rejectedClass == ReferenceDigits.count
    let digits = rejects ? Array(namesInFile.dropLast()) : namesInFile
    let mayKnowDigits =
      layout.hasFormOfMNIST && form.classCount == ReferenceDigits.count + (rejects ? 1 : 0)
      && (namesInFile.isEmpty || digits == (0..<ReferenceDigits.count).map { "\($0)" })
    let found = form.scaling
    let known =
      mayKnowDigits
      ? Self.rangeOfDigits(of: model, form, among: found.ranges(orRequested: options.range))
      : nil
    recognisesDigits = known != nil
    classNames = options.classNames ?? (recognisesDigits && !rejects ? [] : namesInFile)
    if let range = options.range {
      scaling = InputScaling(range, .requested)
    } else if let known, known != found.range {
      scaling = InputScaling(known, .referenceDigits)
    } else if let range = pictures?.pixelRange.flatMap(PixelRange.init) {
      scaling = InputScaling(range, .training)
    } else {
      scaling = found
    }
    preparation = InputPreparation(
      layout: layout, recognisesDigits: recognisesDigits,
      fit: options.fit
        ?? (layout.channels == 4 ? nil : pictures?.fit.flatMap(PicturePreparation.Fit.init))
          ?? (options.color == nil ? nil : .stretch),
      options: options)
    assumptions =
      recognisesDigits || assumesQuickstartModel
      ? [] : Self.assumptions(form, pictures, scaling, classNames, options)
    switch scaling.reason {
    case .scalingLayers where scaling.range != .zeroToOne:
      notes.append(.scalesInput(layers: scaling.layers, range: scaling.range))
    case .referenceDigits: notes.append(.recognisesDigits(range: scaling.range))
    default: break
    }
    if mayKnowDigits, namesInFile.isEmpty, !recognisesDigits, !assumesQuickstartModel {
      notes.append(.recognisesNoDigits)
    }
    if let score = rule?.unusableScore { notes.append(.unusableScore(score)) }
    if !assumptions.isEmpty { notes.append(.assumes(assumptions)) }
  }

  private static func check(
    _ options: ClassifierOptions, _ form: ModelForm
  ) throws(ModelProblem) {
    if let names = options.classNames, names.count != form.classCount {
      throw .classNames(count: names.count, classes: form.classCount)
    }
    if options.color == .rgb, form.layout.channels == 1 { throw .grayInput }
  }

  /// What neither the file nor the user says.
  private static func assumptions(
    _ form: ModelForm, _ pictures: PictureConfig?, _ scaling: InputScaling, _ classNames: [String],
    _ options: ClassifierOptions
  ) -> [Assumption] {
    var assumptions: [Assumption] = []
    if form.assumesSize { assumptions.append(.size(form.layout.size)) }
    if pictures == nil, form.layout.channels > 1, options.color == nil { assumptions.append(.rgb) }
    if !(pictures?.scalesBytes ?? false), scaling.reason == .noScalingLayer {
      assumptions.append(.range(scaling.range))
    }
    if pictures == nil, options.fit == nil { assumptions.append(.stretched) }
    if pictures == nil, classNames.isEmpty { assumptions.append(.classNumbers) }
    return assumptions
  }

  private static func reading<Result: ~Copyable>(
    _ body: () throws(CheckpointError) -> Result
  ) throws(InferenceError) -> Result {
    do throws(CheckpointError) { return try body() } catch { throw .checkpoint(error) }
  }

  /// Creates the quickstart model without weights.
  private static func makeQuickstartModel() -> GraphModel {
    Sequential([
      Conv2D(32, 3, activation: .relu), Flatten(), Dense(128, activation: .relu), Dense(10),
    ])
  }

  /// Loads the weights of a file without a model description into the quickstart model.
  private static func load(
    _ model: GraphModel, from file: borrowing CheckpointFile
  ) throws(InferenceError) {
    model.build(inputShape: [FittedDigit.side, FittedDigit.side, 1])
    do throws(CheckpointError) {
      try file.loadWeights(into: model)
    } catch {
      guard case .mismatch(let path, let differences) = error else { throw .checkpoint(error) }
      throw .otherModel(path: path, .undescribed(differences))
    }
  }

  /// Finds the first range with which a model recognises the reference digits.
  ///
  /// As many ranges are tried as take a moment.
  private static func rangeOfDigits(
    of model: GraphModel, _ form: ModelForm, among ranges: [PixelRange]
  ) -> PixelRange? {
    let pictures = ReferenceDigits.pictures.map(form.layout.pixels(ofGray:))
    return ranges.prefix(form.callLimit / pictures.count).first { range in
      let outputs = stride(from: 0, to: pictures.count, by: form.batchLimit).flatMap { start in
        let part = Array(pictures[start...].prefix(form.batchLimit))
        return model(form.layout.tensor(of: part, in: range)).scalars
      }
      return ReferenceDigits.areRecognised(in: outputs)
    }
  }

  /// Whether a model was compiled with a binary cross-entropy, in any of Keras's forms.
  private static func namesBinaryLoss(_ config: JSON?) -> Bool {
    guard let loss = config?["loss"] else { return false }
    let name = loss["class_name"]?.string ?? loss["config"]?["name"]?.string ?? loss.string
    return (name ?? loss.text).lowercased().contains("binary")
  }
}

extension InputLayout {
  /// Whether the layout fits MNIST images.
  fileprivate var hasFormOfMNIST: Bool {
    height == FittedDigit.side && width == FittedDigit.side && channels != 4
  }
}
