import Arguments
import Console
import Files
import Images
import Inference
import ModelArguments
import Threads

/// One run of the program: what is printed and counted on the way.
struct PredictionRun {
  private let program: Predict
  private let classifier: Classifier
  private let form: any OutputForm
  private let labels: PictureLabels?
  private let numbers: NumberLabels?
  private let progress: PredictionProgress
  private var evaluation: EvaluationReport?
  private var numberEvaluation: NumberEvaluation?
  private var explanations: ExplanationReport?
  private var preprocessed: PreprocessedPictures?
  private var skipped = SkippedFiles()

  /// What is assumed about the model; it matters for predictions only.
  private var assumptions: [ModelNote]

  /// The highest exit status so far.
  private var status = ExitStatus.success

  /// Whether a text has been written after the header.
  private var hasText = false

  /// Whether the labels cannot be trusted any more.
  private var hasLostLabels = false

  /// - Throws: ``InferenceError`` if there are no such labels, ``ImageError`` if the sheet of the
  ///   worst errors exists.
  init(_ program: Predict, _ classifier: Classifier) throws {
    self.program = program
    self.classifier = classifier
    let answers = program.answers
    form =
      if answers.json || answers.jsonl {
        JSONForm(isLines: answers.jsonl)
      } else if answers.csv, program.several.segment {
        NumberCSVForm()
      } else if answers.csv {
        CSVForm(classifier, showsProbabilities: answers.probs)
      } else if answers.quiet {
        QuietForm()
      } else {
        LineForm(
          terminal: Terminal.of(.output, color: answers.color), top: answers.top,
          showsProbabilities: answers.probs, showsPictures: program.preprocessing.show)
      }
    let place = program.evaluation.place
    let readsNumbers = program.several.segment
    labels = try readsNumbers ? nil : place.map { try PictureLabels(in: $0, for: classifier) }
    numbers = try readsNumbers ? place.map { try NumberLabels(in: $0) } : nil
    numberEvaluation = numbers == nil ? nil : NumberEvaluation()
    evaluation =
      labels == nil ? nil : try EvaluationReport(of: classifier, program.evaluation)
    explanations = try ExplanationReport(of: classifier, program.explanation)
    preprocessed = program.preprocessing.savePreprocessed.map { PreprocessedPictures(folder: $0) }
    progress = PredictionProgress(program)
    assumptions = classifier.notes.filter(\.isAssumption)
  }

  /// Writes what comes before the answers.
  func begin() throws {
    if !form.header.isEmpty { try StandardOutput.write(form.header) }
  }

  /// Prints the outcomes of pictures and counts them.
  mutating func report(_ outcomes: [PictureOutcome]) throws {
    var batch: [(outcome: PictureOutcome, expected: Expected?)] = []
    for outcome in outcomes {
      if case .otherFile = outcome.result {
        skipped.add(outcome.input.name)
      } else {
        batch.append((outcome, expected(of: outcome)))
      }
    }
    progress.clear()
    let (form, entries) = (form, batch)
    let texts = concurrently(batch.count) { index in
      form.text(for: entries[index].outcome, expected: entries[index].expected) ?? ""
    }
    // Messages come between the answers, where they belong.
    var pending = ""
    for ((outcome, expected), text) in zip(batch, texts) {
      if !text.isEmpty {
        pending += hasText ? form.separator + text : text
        hasText = true
      }
      switch outcome.result {
      case .otherFile: break
      case .failure where outcome.isBlankCell: break
      case .failure(let error):
        try flush(&pending)
        status = max(status, program.show(program.report(of: error), color: program.answers.color))
      case .prediction(let prediction):
        noteAssumptions()
        if program.answers.failOnReject, prediction.rejection != nil {
          status = max(status, .negative)
        }
        if let label = expected?.label { evaluation?.add(prediction, label: label) }
        if preprocessed != nil {
          try flush(&pending)
          try preprocessed?.write(prediction, as: outcome.input.relativePath)
        }
        if program.preprocessing.show, !form.isForPeople {
          // On standard output, a drawing would break the format.
          StandardError.write(
            draw(
              prediction.pixels, width: prediction.width,
              unicode: Terminal.of(.error, color: program.answers.color).usesUnicode))
        }
        let stream: StandardStream = form.isForPeople ? .output : .error
        let color = program.answers.color
        if let drawing = try explanations?.add(
          prediction, unicode: Terminal.of(stream, color: color).usesUnicode)
        {
          if form.isForPeople { pending += drawing } else { StandardError.write(drawing) }
        }
      case .reading(let reading):
        noteAssumptions()
        if program.answers.failOnReject, reading.isRejected { status = max(status, .negative) }
        if let number = expected?.number { numberEvaluation?.add(reading, number: number) }
        if preprocessed != nil {
          try flush(&pending)
          for digit in reading.lines.joined() { try preprocessed?.write(digit.prediction) }
        }
        if program.preprocessing.show, !form.isForPeople {
          let terminal = Terminal.of(.error, color: program.answers.color)
          StandardError.write(draw(reading, unicode: terminal.usesUnicode))
        }
      }
    }
    try flush(&pending)
    progress.update(outcomes.count)
  }

  /// Notes what is assumed about the model, once.
  private mutating func noteAssumptions() {
    assumptions.forEach {
      program.note($0.sentence(about: program.model.path, by: Predict.name))
    }
    assumptions = []
  }

  private func flush(_ text: inout String) throws {
    if !text.isEmpty { try StandardOutput.write(text) }
    text = ""
  }

  /// Takes the true class of a picture, or the number in it.
  private mutating func expected(of outcome: PictureOutcome) -> Expected? {
    guard !hasLostLabels else { return nil }
    do throws(InferenceError) {
      var expected: Expected?
      // What stands for no picture has no label, and a sheet that cannot be read has many.
      for _ in 0..<outcome.input.labelCount {
        if let labels { expected = .label(try labels.next(for: outcome.input)) }
        if let numbers { expected = .number(try numbers.next(for: outcome.input)) }
      }
      return expected
    } catch {
      switch error {
      case .labels(.unknownClass), .labels(.noFolder), .labels(.noNumber): break
      default: hasLostLabels = true
      }
      status = max(status, program.show(program.report(of: error), color: program.answers.color))
      return nil
    }
  }

  /// Writes the evaluation and what comes after the answers.
  mutating func end() throws {
    progress.clear()
    if let summary = numberEvaluation?.json ?? evaluation?.evaluation.json,
      program.evaluation.labels != nil, let text = form.text(forSummary: summary)
    {
      try StandardOutput.write((hasText ? form.separator : "") + text)
    }
    if !form.footer.isEmpty { try StandardOutput.write(form.footer) }
  }

  /// Reports what is known at the end.
  ///
  /// - Returns: The exit status.
  func finish() throws -> ExitStatus {
    var status = status
    try explanations?.finish()
    if skipped.count > 0 {
      let names = skipped.paths.joined(separator: ", ")
      let rest = skipped.count - skipped.paths.count
      program.note(
        "\(skipped.count) file\(skipped.count == 1 ? " is" : "s are") neither PNG nor JPEG and "
          + "\(skipped.count == 1 ? "was" : "were") passed over: \(names)"
          + (rest > 0 ? " and \(rest) more" : ""))
    }
    if !hasLostLabels {
      do throws(InferenceError) {
        try labels?.finish()
        try numbers?.finish()
      } catch {
        status = max(status, program.show(program.report(of: error), color: program.answers.color))
      }
    }
    if let numberEvaluation {
      if program.evaluation.labels != nil, form.isForPeople {
        try StandardOutput.write(
          numberEvaluation.text(for: Terminal.of(.output, color: program.answers.color)))
      }
      if let message = numberEvaluation.unexpected(program.evaluation.expect) {
        program.note(message)
        status = max(status, .negative)
      }
    }
    guard let evaluation else { return status }
    if program.evaluation.labels != nil, form.isForPeople {
      try StandardOutput.write(
        evaluation.text(for: Terminal.of(.output, color: program.answers.color)))
    }
    if let message = evaluation.unexpected(program.evaluation.expect) {
      program.note(message)
      status = max(status, .negative)
    }
    if let path = program.evaluation.worst { try evaluation.writeWorst(to: path) }
    return status
  }
}
