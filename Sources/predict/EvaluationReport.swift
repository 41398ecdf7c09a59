import Console
import Files
import Glibc
import Images
import Inference
import Plots

/// The evaluation of the answers against the true classes.
struct EvaluationReport {
  private let classifier: Classifier
  private(set) var evaluation: AnswerEvaluation

  /// The number of pictures on the sheet of the worst errors.
  private static let worstCount = 24

  /// The largest number of classes whose confusion matrix is printed.
  private static let tableSize = 16

  /// The number of confusions that are printed instead.
  private static let confusionCount = 20

  /// - Throws: ``ImageError`` if the sheet of the worst errors exists.
  init(of classifier: Classifier, _ options: EvaluationOptions) throws {
    self.classifier = classifier
    evaluation = AnswerEvaluation(
      classCount: classifier.classCount, worstErrors: options.worst == nil ? 0 : Self.worstCount)
    if let path = options.worst, unsafe access(path, F_OK) == 0 {
      throw ImageError(.uncreatable(systemError(EEXIST)), path: path)
    }
  }

  /// Counts an answer.
  mutating func add(_ prediction: Prediction, label: Int) {
    evaluation.add(prediction, label: label)
  }

  /// Counts an answer of another process.
  mutating func count(answer: Int, label: Int) { evaluation.count(answer: answer, label: label) }

  /// A sentence if answers are not as expected; `nil` if all are, or nothing is expected.
  func unexpected(_ expected: String?) -> String? {
    let wrong = evaluation.count - evaluation.correctCount
    guard let expected, wrong > 0 else { return nil }
    return "\(wrong) of \(evaluation.count) answers \(wrong == 1 ? "is" : "are") not '\(expected)'"
  }

  /// Accuracy, interval and confusion matrix as text.
  func text(for terminal: Terminal) -> String {
    guard let accuracy = evaluation.accuracy else { return "No answers to evaluate\n" }
    let interval = evaluation.accuracyInterval
    let heading =
      "Accuracy: \(Format.percent(accuracy)) (\(evaluation.correctCount) of \(evaluation.count); "
      + "95 % interval \(Format.percent(interval.lowerBound)) to "
      + "\(Format.percent(interval.upperBound)))\n"
    let table = evaluation.confusion.classCount <= Self.tableSize ? matrix : confusions
    return terminal.styled(heading, .bold) + "\n" + table.rendered(for: terminal)
  }

  private var matrix: Table {
    let confusion = evaluation.confusion
    let classes = 0..<confusion.classCount
    var table = Table(
      [Table.Column("true \\ answer")] + classes.map { Table.Column(name($0), .right) }
        + [Table.Column("recall", .right)])
    for label in classes {
      table.addRow(
        [name(label)] + classes.map { confusion[label, $0] == 0 ? "." : "\(confusion[label, $0])" }
          + [confusion.recall(of: label).map { Format.percent($0) } ?? ""])
    }
    return table
  }

  /// The most frequent confusions.
  private var confusions: Table {
    let confusion = evaluation.confusion
    let classes = 0..<confusion.classCount
    let pairs = classes.flatMap { label in
      classes.filter { $0 != label && confusion[label, $0] > 0 }.map { (label, $0) }
    }
    var table = Table([
      Table.Column("true"), Table.Column("answer"), Table.Column("errors", .right),
    ])
    let order = pairs.sorted {
      (-confusion[$0.0, $0.1], $0.0, $0.1) < (-confusion[$1.0, $1.1], $1.0, $1.1)
    }
    for (label, answer) in order.prefix(Self.confusionCount) {
      table.addRow([name(label), name(answer), "\(confusion[label, answer])"])
    }
    return table
  }

  /// Writes the worst errors as a sheet of pictures.
  func writeWorst(to path: String) throws {
    let pictures = evaluation.worstErrors.map {
      PictureSheet.Picture(
        $0.prediction.picture, label: name($0.label), answer: name($0.prediction.label),
        confidence: Double($0.prediction.confidence))
    }
    let title = pictures.isEmpty ? "no errors" : "worst errors"
    let sheet = PictureSheet(pictures: pictures, columns: 8, title: title)
    try Image.write(try sheet.png(), toNewFile: path)
  }

  private func name(_ label: Int) -> String {
    let names = classifier.classNames
    return names.indices.contains(label) ? names[label] : "\(label)"
  }
}
