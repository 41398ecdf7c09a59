import ArgumentParser
import Arguments
import Console
import Images
import Inference
import ModelArguments
import RankArguments
import Ranks
import Sandbox
import Threads

@main
struct Predict: Program {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Classifies PNG and JPEG images with a trained model.",
    usage: "predict [<options>] <file> ...",
    discussion: """
      EXAMPLES:
        predict digit.png
        predict digit.png --model ckpt.h5
        predict samples/*.png --model models/quickstart.h5 -k 3
        predict photo.jpg --model model.keras --classes names.txt --scale -1..1
        predict -r photos --model ckpt.h5 --csv > answers.csv
        predict -r test --model ckpt.h5 --labels folders --worst errors.png -q
        predict t10k-images-idx3-ubyte.gz --labels t10k-labels-idx1-ubyte.gz -q
        predict page.jpg --model models/digits.h5 --segment
        predict digit.png --model ckpt.h5 --explain gradcam -o heat.png
        find . -name '*.jpg' | predict @- --jsonl

      PNG and JPEG files are recognized by their content. They may have any colour type, and up to \
      268 million pixels. The Exif orientation is applied.

      If the model recognises a few reference digits of MNIST, images are preprocessed as MNIST \
      was: the digit is located, scaled and centred. For any other model, the whole image is \
      resized as in the training. Files of Keras say neither how images were prepared nor what \
      the classes are called: predict then notes what it assumes, and options replace it.

      A model that was calibrated, or that has a rejected class, answers '?' for images that show \
      none of its classes.

      EXIT CODES: 0 success, 1 an answer is not that of --expect or an image was rejected \
      (--fail-on-reject), 64 usage error, 65 a file is damaged or does not fit the model, 66 a \
      file cannot be opened, 73 an output file cannot be created, 74 output error. An unusable \
      image does not stop the others; the exit code is the highest.

      With 'mpirun -np 4 predict …', four processes divide the images, and the first one prints \
      what one process alone would print. If one of them is lost, all end with 75; 69 means that \
      MPI cannot be loaded.
      """,
    version: version(of: "predict"))

  static let shortOptions = "mko"
  static let shortFlags = "rqv"

  static var isSilent: Bool { Launch.current.map { $0.rank > 0 } ?? false }

  @OptionGroup(title: "Pictures")
  var pictures: PictureOptions

  @OptionGroup(title: "Several digits")
  var several: SeveralDigitsOptions

  @OptionGroup(title: "Model")
  var model: ModelOptions

  @OptionGroup(title: "Preprocessing")
  var preprocessing: PreprocessingOptions

  @OptionGroup(title: "Answers")
  var answers: AnswerOptions

  @OptionGroup(title: "Evaluation")
  var evaluation: EvaluationOptions

  @OptionGroup(title: "Explanation")
  var explanation: ExplanationOptions

  func validate() throws {
    try checkSeveralDigits()
    try checkJob()
  }

  func run() throws {
    defer { if answers.verbose { noteConfinement() } }
    if let threads = pictures.threads ?? job?.threadsOfRank { Threads.count = threads }
    // Several threads decode several pictures, and MPI has threads of its own.
    Sandbox.prepare(
      forSeveralFiles: pictures.files.count > 1 || pictures.recursive || job != nil)
    if let job {
      try exiting(in: job, threads: pictures.threads, color: answers.color) { communicator in
        try predictAll(communicator)
      }
    } else {
      try exiting(color: answers.color) {
        let communicator = Communicator()
        for warning in try communicator.warnings(threads: nil) {
          printWarning(program: Self.name, message: warning, color: answers.color)
        }
        return try predictAll(communicator)
      }
    }
  }

  /// Classifies all images, reporting those that cannot be used.
  ///
  /// - Returns: The highest exit status.
  private func predictAll(_ communicator: Communicator) throws -> ExitStatus {
    let classifier = try makeClassifier()
    if job != nil { try compareRanks(communicator) }
    var run = try PredictionRun(self, classifier, communicator)
    try run.begin()
    let inputs = PictureInputs(
      pictures.files, searchesFolders: pictures.recursive, sheet: several.sheet)
    let (mode, inversion) = (preprocessing.preprocess, preprocessing.invert)
    do {
      if job != nil {
        try classifier.classify(
          inputs, share: PictureShare(rank: communicator.rank, of: communicator.size), mode: mode,
          inversion: inversion, readsNumbers: several.segment,
          report: { step in
            switch step {
            case .own(let outcomes): try run.report(outcomes)
            case .others(let pictures): run.passOver(pictures)
            case .round(let digest, let isLast): try run.exchange(digest, isLast: isLast)
            }
          })
      } else {
        try classifier.classify(
          inputs, mode: mode, inversion: inversion, readsNumbers: several.segment,
          report: { outcomes in try run.report(outcomes) })
      }
    } catch {
      try run.end()
      throw error
    }
    try run.end()
    return try run.finish()
  }

  /// Loads the model and notes what is not as usual.
  private func makeClassifier() throws -> Classifier {
    let options = preprocessing.input.classifierOptions(acceptsAll: answers.accept)
    return try model.loadClassifier(for: self, options, color: answers.color)
  }

  func report(of error: any Error) -> ErrorReport {
    switch error {
    case let error as ExplanationError:
      ErrorReport("\(error)", hint: "--explain occlusion works", status: .badData)
    case let error as ImageError: ErrorReport(of: error)
    case let error as RankError: ErrorReport(of: error)
    case let error as InferenceError:
      ErrorReport(of: error, hintForMissingModel: model.hintForMissingModel(Self.name))
    default: ErrorReport(of: error)
    }
  }
}
