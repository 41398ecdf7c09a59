public import Images
import NeuralNetwork
import Tensors

/// Classifying pictures.
extension Classifier {
  /// Classifies an image.
  ///
  /// - Parameters:
  ///   - file: The path of a PNG or JPEG, or `-` for standard input.
  ///   - mode: The preprocessing mode.
  ///   - inversion: The inversion mode.
  /// - Returns: The prediction, with the preprocessed image.
  /// - Throws: ``InferenceError`` if the image cannot be read or used, or the model's output is not
  ///   finite.
  public func callAsFunction(
    _ file: String, mode: PreprocessingMode = .auto, inversion: InversionMode = .auto
  ) throws(InferenceError) -> Prediction {
    let image: Image
    do throws(ImageError) {
      let limit = preparation.largestPixelCount
      image =
        try file == "-"
        ? Image.decodeStandardInput(downscaledAbove: limit)
        : Image.decode(contentsOf: file, downscaledAbove: limit)
    } catch {
      throw .picture(error)
    }
    return try self(image, named: file, mode: mode, inversion: inversion)
  }

  /// Classifies a decoded image.
  ///
  /// - Parameters:
  ///   - image: The image.
  ///   - name: The name of the image, for the prediction and for errors.
  ///   - mode: The preprocessing mode.
  ///   - inversion: The inversion mode.
  /// - Returns: The prediction, with the preprocessed image.
  /// - Throws: ``InferenceError`` if the image cannot be used, or the model's output is not finite.
  public func callAsFunction(
    _ image: Image, named name: String, mode: PreprocessingMode = .auto,
    inversion: InversionMode = .auto
  ) throws(InferenceError) -> Prediction {
    let input: ModelPicture
    do throws(PreprocessingError) {
      input = try preparation(image, mode: mode, inversion: inversion)
    } catch {
      throw .preprocessing(path: name, error)
    }
    return try predictions([(name, input)])[0].get()
  }

  /// Runs the model on a batch.
  ///
  /// An answer has the same bits in every batch.
  ///
  /// - Parameter pictures: The inputs, with the names of their pictures.
  /// - Returns: For each of them the prediction, or an error if the model's output is not finite.
  func predictions(
    _ pictures: [(name: String, input: ModelPicture)]
  ) -> [Result<Prediction, InferenceError>] {
    let candidates = pictures.map { [$0.input] + $0.input.alternatives }
    let outputs = model(
      preparation.layout.tensor(of: candidates.joined().map(\.pixels), in: scaling.range)
    ).scalars
    let count = outputs.count / candidates.reduce(0) { $0 + $1.count }
    let weights: Plausibility.Weights =
      rule?.rejectedClass == nil ? .besideEnergy : .besideMargin
    var start = 0
    return zip(pictures, candidates).map { picture, inputs in
      var best = (input: picture.input, output: [Float](), odds: -Double.infinity)
      var considered: [ConsideredCandidate] = []
      for input in inputs {
        let output = Array(outputs[start..<start + count])
        start += count
        guard inputs.count > 1 else {
          best.output = output
          break
        }
        let certainty = certainty(of: output)
        let odds = input.plausibility.logOdds(weights) + certainty
        if best.output.isEmpty || odds > best.odds { best = (input, output, odds) }
        considered.append(
          ConsideredCandidate(input, label: label(of: output), certainty: certainty))
      }
      best.input.preprocessing.candidates = considered
      return Result { () throws(InferenceError) in
        try prediction(picture.name, best.input, best.output)
      }
    }
  }

  /// The share of the candidates with ink of the same sign as the answer that show another digit.
  ///
  /// Of many candidates of a photograph without a digit, one often looks like a digit; those of a
  /// digit look alike.
  private func disagreement(with output: [Float], _ preprocessing: Preprocessing) -> Double {
    let side = min(preprocessing.sourceWidth, preprocessing.sourceHeight)
    guard side >= DigitPreprocessor.leastPhotograph else { return 0 }
    let others = preprocessing.candidates.filter { $0.inverted == preprocessing.inverted }
    let label = label(of: output)
    return Double(others.count { $0.label != label }) / Double(max(others.count, 1))
  }

  /// The most probable class, without the rejected one.
  private func label(of output: [Float]) -> Int {
    let labels = output.indices.filter { $0 != rule?.rejectedClass }
    return labels.max { output[$0] < output[$1] } ?? 0
  }

  /// How certain the model is that an input shows one of its classes, as logarithmic odds.
  private func certainty(of output: [Float]) -> Double {
    let values = output.map(Double.init)
    if let rejectedClass = rule?.rejectedClass {
      return RejectionScore.margin(values, rejectedClass: rejectedClass)
    }
    let largest = values.max() ?? 0
    guard output.allSatisfy({ $0 >= 0 }), values.reduce(0, +) < 1.001 else {
      return RejectionScore.energy(values, rejectedClass: nil)
    }
    return Elementary.log(max(largest, 1e-7) / max(1 - largest, 1e-7))
  }

  /// The prediction for one picture.
  private func prediction(
    _ name: String, _ input: ModelPicture, _ output: [Float]
  ) throws(InferenceError) -> Prediction {
    guard output.allSatisfy(\.isFinite) else {
      throw .otherModel(path: path, .notFiniteOutput)
    }
    guard
      let (kind, probabilities) = OutputKind.probabilities(
        of: output, meaning: meaning, isBinary: isBinary)
    else {
      throw .otherModel(path: path, .singleOutput)
    }
    var preprocessing = input.preprocessing
    preprocessing.inputRange = scaling.range
    preprocessing.inputRangeReason = scaling.reason
    preprocessing.output = kind
    preprocessing.assumptions = assumptions
    let judgement = rule?.judge(
      output, kind, probabilities, disagreement: disagreement(with: output, preprocessing))
    return Prediction(
      file: name, isDigit: recognisesDigits, classNames: classNames,
      probabilities: judgement?.probabilities ?? probabilities, samples: input.pixels,
      width: input.width, channels: input.channels, preprocessing: preprocessing,
      rejectedClass: rule?.rejectedClass, score: judgement?.score,
      rejection: preparation.options.acceptsAll
        ? nil
        : preprocessing.rejection ?? judgement?.rejection)
  }
}

extension Preprocessing {
  /// The least number of pixels of a picture's shorter side and of a digit's longer one: fonts for
  /// small displays have digits of 3 × 5.
  private static let leastSide = 5

  /// Why a picture of digits has no answer, whatever the model says; `nil` if it may have one.
  fileprivate var rejection: Rejection? {
    guard let cropBox else { return nil }
    let isSmall =
      min(sourceWidth, sourceHeight) < Self.leastSide
      || max(cropBox.width, cropBox.height) < Self.leastSide
    return isSmall
      ? Rejection(.tooSmall) : pieces ?? 1 > 1 ? Rejection(.severalPieces) : nil
  }
}
