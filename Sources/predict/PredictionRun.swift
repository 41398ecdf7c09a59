import Arguments
import Console
import Files
import Images
import Inference
import ModelArguments
import RankArguments
import Ranks
import Threads

/// One run of the program: what is printed and counted on the way.
///
/// Of several processes, each collects the ``OutputPart``s of its pictures until the end of a
/// round, and the first one prints and counts those of all.
struct PredictionRun {
  private let program: Predict
  private let classifier: Classifier
  private let communicator: Communicator
  /// What can be shown on standard output.
  private let terminal: Terminal
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

  /// What this process has to say in this round; empty if it is alone.
  private var parts: [OutputPart] = []

  /// Answers that are not written yet.
  private var pending = ""

  /// Whether a text has been written after the header.
  private var hasText = false

  /// Whether the labels cannot be trusted any more.
  private var hasLostLabels = false

  /// - Throws: ``InferenceError`` if there are no such labels, ``ImageError`` if the sheet of the
  ///   worst errors exists.
  init(_ program: Predict, _ classifier: Classifier, _ communicator: Communicator) throws {
    self.program = program
    self.classifier = classifier
    self.communicator = communicator
    let answers = program.answers
    // The terminal of a process of a job is its launcher's, whose reader is unknown.
    terminal =
      communicator.size > 1
      ? Terminal(isTerminal: false, columns: nil, environment: .current, color: answers.color)
      : .of(.output, color: answers.color)
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
          terminal: terminal, top: answers.top, showsProbabilities: answers.probs,
          showsPictures: program.preprocessing.show)
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
    if communicator.isFirst, !form.header.isEmpty { try StandardOutput.write(form.header) }
  }

  /// Prints the outcomes of pictures and counts them.
  mutating func report(_ outcomes: [PictureOutcome]) throws {
    var batch: [(outcome: PictureOutcome, expected: Expected?)] = []
    for outcome in outcomes {
      if case .otherFile = outcome.result {
        try add(.skipped(outcome.input.name))
      } else {
        batch.append((outcome, try expected(of: outcome)))
      }
    }
    progress.clear()
    let (form, entries) = (form, batch)
    let texts = concurrently(batch.count) { index in
      form.text(for: entries[index].outcome, expected: entries[index].expected) ?? ""
    }
    // Messages come between the answers, where they belong.
    for ((outcome, expected), text) in zip(batch, texts) {
      if !text.isEmpty { try add(.answer(text)) }
      switch outcome.result {
      case .otherFile: break
      case .failure where outcome.isBlankCell: break
      case .failure(let error): try add(error)
      case .prediction(let prediction):
        try add(.prediction)
        if program.answers.failOnReject, prediction.rejection != nil {
          try add(.status(.negative))
        }
        if let label = expected?.label { try evaluate(prediction, label: label) }
        if preprocessed != nil {
          try flush()
          try preprocessed?.write(prediction, as: outcome.input.relativePath)
        }
        if program.preprocessing.show, !form.isForPeople {
          // On standard output, a drawing would break the format.
          let terminal = Terminal.of(.error, color: program.answers.color)
          try add(
            .message(
              draw(
                prediction.pixels, width: prediction.width, unicode: terminal.usesUnicode,
                lineLimit: terminal.lineLimit)))
        }
        let stream: StandardStream = form.isForPeople ? .output : .error
        let color = program.answers.color
        if let drawing = try explanations?.add(
          prediction, unicode: Terminal.of(stream, color: color).usesUnicode)
        {
          try add(form.isForPeople ? .answer(drawing) : .message(drawing))
        }
      case .reading(let reading):
        try add(.prediction)
        if program.answers.failOnReject, reading.isRejected { try add(.status(.negative)) }
        if let number = expected?.number { try add(.read(isRight: reading.number == number)) }
        if preprocessed != nil {
          try flush()
          for digit in reading.lines.joined() { try preprocessed?.write(digit.prediction) }
        }
        if program.preprocessing.show, !form.isForPeople {
          let unicode = Terminal.of(.error, color: program.answers.color).usesUnicode
          try add(.message(draw(reading, unicode: unicode)))
        }
      }
    }
    try flush()
    progress.update(outcomes.count)
  }

  /// Passes over pictures of other processes.
  mutating func passOver(_ inputs: [PictureInput]) {
    for input in inputs where !hasLostLabels {
      // The process that has the picture reports an error.
      _ = try? takeLabels(of: input)
    }
    progress.update(inputs.count)
  }

  /// Ends a round: the first process prints the outcomes of all processes.
  ///
  /// - Parameters:
  ///   - digest: The digest of the pictures of the round.
  ///   - isLast: Whether it is the last round.
  /// - Throws: ``RankError``, also if the processes have different pictures.
  mutating func exchange(_ digest: [UInt8], isLast: Bool) throws {
    let head = digest + [isLast ? 1 : 0]
    let all = try communicator.gather(head + OutputPart.encoded(parts))
    parts = []
    try communicator.requireEqual(
      all.map { Array($0.prefix(head.count)) }, "its list of pictures is not that of rank 0",
      hint: "all machines need the same files at the same paths")
    guard communicator.isFirst else { return }
    progress.clear()
    for bytes in all {
      for part in OutputPart.decoded(bytes.dropFirst(head.count)) { try perform(part) }
    }
    try flush()
  }

  /// Performs a part of the output, or keeps it until the end of the round.
  private mutating func add(_ part: OutputPart) throws {
    if communicator.size > 1 { parts.append(part) } else { try perform(part) }
  }

  /// Reports the error of a picture.
  private mutating func add(_ error: InferenceError) throws {
    let report = program.report(of: error)
    try add(.message(program.text(of: report, color: program.answers.color)))
    try add(.status(report.status))
  }

  private mutating func evaluate(_ prediction: Prediction, label: Int) throws {
    if communicator.size > 1 {
      parts.append(.evaluated(answer: prediction.countedLabel, label: label))
    } else {
      evaluation?.add(prediction, label: label)
    }
  }

  private mutating func perform(_ part: OutputPart) throws {
    switch part {
    case .answer(let text):
      pending += hasText ? form.separator + text : text
      hasText = true
    case .message(let text):
      try flush()
      StandardError.write(text)
    case .skipped(let name): skipped.add(name)
    case .prediction: noteAssumptions()
    case .status(let other): status = max(status, other)
    case .evaluated(let answer, let label): evaluation?.count(answer: answer, label: label)
    case .read(let isRight): numberEvaluation?.count(isRight: isRight)
    }
  }

  /// Notes what is assumed about the model, once.
  private mutating func noteAssumptions() {
    assumptions.forEach {
      program.note($0.sentence(about: program.model.path, by: Predict.name))
    }
    assumptions = []
  }

  private mutating func flush() throws {
    if !pending.isEmpty { try StandardOutput.write(pending) }
    pending = ""
  }

  /// Takes the true class of a picture, or the number in it, and reports an error of the labels.
  private mutating func expected(of outcome: PictureOutcome) throws -> Expected? {
    guard !hasLostLabels else { return nil }
    do throws(InferenceError) {
      return try takeLabels(of: outcome.input)
    } catch {
      try add(error)
      return nil
    }
  }

  /// Takes the labels that belong to a picture.
  private mutating func takeLabels(of input: PictureInput) throws(InferenceError) -> Expected? {
    do throws(InferenceError) {
      var expected: Expected?
      // What stands for no picture has no label, and a sheet that cannot be read has many.
      for _ in 0..<input.labelCount {
        if let labels { expected = .label(try labels.next(for: input)) }
        if let numbers { expected = .number(try numbers.next(for: input)) }
      }
      return expected
    } catch {
      switch error {
      case .labels(.unknownClass), .labels(.noFolder), .labels(.noNumber): break
      default: hasLostLabels = true
      }
      throw error
    }
  }

  /// Writes the evaluation and what comes after the answers.
  mutating func end() throws {
    guard communicator.isFirst else { return }
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
    guard communicator.isFirst else { return .success }
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
        try StandardOutput.write(numberEvaluation.text(for: terminal))
      }
      if let message = numberEvaluation.unexpected(program.evaluation.expect) {
        program.note(message)
        status = max(status, .negative)
      }
    }
    guard let evaluation else { return status }
    if program.evaluation.labels != nil, form.isForPeople {
      try StandardOutput.write(evaluation.text(for: terminal))
    }
    if let message = evaluation.unexpected(program.evaluation.expect) {
      program.note(message)
      status = max(status, .negative)
    }
    if let path = program.evaluation.worst { try evaluation.writeWorst(to: path) }
    return status
  }
}
