import Cairn
import TestSupport
import Testing

/// The examples in the comments of the module Inference.
@Suite("Examples of predictions")
struct PredictingExamples {
  private let model = "\(packageDirectory)/models/digits.h5"
  private let picture = "\(packageDirectory)/samples/7.png"

  @Test func classifierOptions() throws {
    let model = "\(packageDirectory)/models/quickstart.h5"

    var options = ClassifierOptions()
    options.classNames = "zero one two three four five six seven eight nine".split(separator: " ")
      .map(String.init)
    let classifier = try Classifier(loading: model, options: options)
    let prediction = try classifier(picture)
    print(prediction.name(of: prediction.label) ?? "")  // seven
    #expect(prediction.name(of: prediction.label) == "seven")
  }

  @Test func prediction() throws {
    let classifier = try Classifier(loading: model)

    let prediction = try classifier(picture)
    for (label, probability) in prediction.ranking.prefix(3) {  // the three most probable classes
      print(prediction.name(of: label) ?? "\(label)", probability)
    }
    #expect(prediction.ranking.first?.label == 7)
  }

  @Test func rejection() throws {
    let classifier = try Classifier(loading: model)

    let prediction = try classifier(picture)
    if let rejection = prediction.rejection {
      print("no answer: \(rejection.reason), score \(prediction.score ?? 0)")
    } else {
      print("class \(prediction.label)")
    }
    #expect(prediction.rejection == nil)
  }

  @Test func preprocessing() throws {
    let classifier = try Classifier(loading: model)

    let decisions = try classifier(picture).preprocessing
    print(decisions.mode, decisions.inverted, decisions.inversionReason)  // none false asIs
    print(decisions.inputRange?.rawValue ?? "", decisions.output?.rawValue ?? "")  // 0..1 logits
    #expect(decisions.inputRange == .zeroToOne && decisions.output == .logits)
  }

  @Test func preprocessingMode() throws {
    let classifier = try Classifier(loading: model)

    let asMNIST = try classifier(picture, mode: .mnist, inversion: .auto)
    let asIs = try classifier(picture, mode: .resize, inversion: .yes)  // dark ink becomes light
    print(asMNIST.label, asIs.label)  // 7 7
    #expect(asMNIST.label == 7)
  }

  @Test func digitPreprocessor() throws {
    let preprocessor = DigitPreprocessor(mode: .mnist)
    let digit = try preprocessor(Image.decode(contentsOf: picture))
    let image = Image(width: 28, height: 28, gray: digit.pixels)  // light ink on black, centred
    print(digit.preprocessing.inversionReason)  // inkIsLighter
    #expect(image.width == 28 && digit.pixels.max() == 255)
  }

  @Test func preprocessingError() throws {
    let blank = Image(width: 40, height: 40, gray: Array(repeating: 255, count: 1600))
    do {
      _ = try DigitPreprocessor()(blank)
    } catch PreprocessingError.blank {
      print("there is nothing on the picture")
    }
    #expect(throws: PreprocessingError.blank) { try DigitPreprocessor()(blank) }
  }

  @Test func inferenceError() throws {
    do {
      let classifier = try Classifier(loading: model)
      print(try classifier("missing.png").label)
    } catch {
      switch error {
      case .picture(let error): print(error)  // Cannot open 'missing.png': No such file …
      case .input(let path, let problem): print("no pictures in \(path): \(problem)")
      case .classNames(let path, let problem): print("no names in \(path): \(problem.reason)")
      case .labels(let problem): print("no true class: \(problem)")
      default: print(error)
      }
    }
    let classifier = try Classifier(loading: model)
    #expect(throws: InferenceError.self) { try classifier("missing.png") }
  }

  @Test func modelProblem() throws {
    try withTemporaryDirectory { folder in
      let path = "\(folder)/sequences.keras"
      let rows = Sequential([Dense(10)])
      rows.build(inputShape: [7])
      try Checkpoint(model: rows).save(to: path)

      do {
        _ = try Classifier(loading: path)
      } catch InferenceError.otherModel(_, .input(let shape)) {
        print("not a picture: \(shape)")  // [7], which is not height, width and channels
      }
      #expect(throws: InferenceError.otherModel(path: path, .input(shape: [7]))) {
        try Classifier(loading: path)
      }
    }
  }

  @Test func modelNote() throws {
    let classifier = try Classifier(loading: model)
    for case .assumes(let assumptions) in classifier.notes {
      print("the file does not say: \(assumptions)")
    }
    #expect(classifier.recognisesDigits)
  }

  @Test func pictureInputs() throws {
    let classifier = try Classifier(loading: model)
    let folder = "\(packageDirectory)/samples"
    var labels: [Int] = []

    let pictures = PictureInputs(["\(folder)/3.png", "\(folder)/7.png"])
    classifier.classify(pictures) { outcomes in
      for outcome in outcomes {
        switch outcome.result {
        case .prediction(let prediction): print(outcome.input.name, prediction.label)
        case .failure(let error): print(error)
        case .reading, .otherFile: break
        }
      }
    }
    classifier.classify(PictureInputs(["\(folder)/3.png", "\(folder)/7.png"])) { outcomes in
      labels += outcomes.compactMap { $0.prediction?.label }
    }
    #expect(labels == [3, 7])
  }

  @Test func pictureShare() throws {
    let classifier = try Classifier(loading: model)
    var count = 0

    let ranks = try Communicator.start()
    let share = PictureShare(rank: ranks.rank, of: ranks.size)
    classifier.classify(PictureInputs([picture]), share: share) { step in
      if case .own(let outcomes) = step { count += outcomes.count }  // others have the rest
    }
    ranks.end()
    #expect(count == 1)
  }

  @Test func sheetGrid() throws {
    let grid = SheetGrid(rows: 2, columns: 10)
    let cells = PictureInputs(["scan.png"], sheet: grid)  // its 20 cells, row by row
    #expect(grid.columns == 10 && cells.isReady)
  }

  @Test func pictureLabels() throws {
    let classifier = try Classifier(loading: model)

    let labels = try PictureLabels(in: .same("7"), for: classifier)
    var evaluation = AnswerEvaluation(classCount: classifier.classCount)
    for input in PictureInputs([picture]) {
      evaluation.add(try classifier(input.name), label: try labels.next(for: input))
    }
    print(evaluation.accuracy ?? 0)  // 1.0
    #expect(evaluation.accuracy == 1)
  }

  @Test func answerEvaluation() throws {
    let classifier = try Classifier(loading: model)
    let folder = "\(packageDirectory)/samples"

    var evaluation = AnswerEvaluation(classCount: classifier.classCount, worstErrors: 10)
    for digit in 0...9 { evaluation.add(try classifier("\(folder)/\(digit).png"), label: digit) }
    print("\(evaluation.correctCount) of \(evaluation.count)", evaluation.accuracyInterval)
    for error in evaluation.worstErrors { print(error.prediction.file, "is a", error.label) }
    #expect(evaluation.count == 10 && evaluation.correctCount >= 9)
  }

  @Test func confusionMatrix() {
    let matrix = ConfusionMatrix(classCount: 2, labels: [0, 0, 1, 1], predictions: [0, 1, 1, 1])
    print(matrix[0, 1])  // 1: the example of class 0 that was taken for class 1
    print(matrix.recall(of: 0) ?? 0)  // 0.5
    #expect(matrix[0, 1] == 1 && matrix.recall(of: 0) == 0.5)
  }

  @Test func numberReading() throws {
    let classifier = try Classifier(loading: model)

    let page = try Image.decode(contentsOf: picture)
    let reading = try classifier.readNumbers(in: page, named: "page.png")
    print(reading.number, reading.confidence)  // 7, and the probability that it is right
    #expect(reading.number == "7")
  }

  @Test func explanationError() throws {
    try withTemporaryDirectory { folder in
      let classifier = try Classifier(loading: model)
      let prediction = try classifier(picture)

      do {
        let explanation = try classifier.explain(prediction, by: .gradcam)
        try explanation.image(over: prediction).write(to: "\(folder)/heat.png")
      } catch ExplanationError.noSpatialLayer {
        print("no convolution: use .occlusion or .saliency")
      } catch ExplanationError.memory(let error) {
        print("only \(error.fitting) of \(error.examples) examples fit in memory")
      }
      #expect(try Image.decode(contentsOf: "\(folder)/heat.png").width > 0)
    }
  }
}
