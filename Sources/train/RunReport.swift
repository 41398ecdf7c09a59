import Console
import Files
import Inference
import JSON
import Training

/// The results at the end of a run, as a table and as JSON.
struct RunReport {
  let summary: RunSummary

  /// The durations of the process and of its training without evaluations, in seconds.
  let (seconds, trainingSeconds): (Double, Double)

  /// The pictures on which the process trained, and its largest memory so far, in bytes.
  let (pictures, peakMemory): (Int, Int)

  /// The checkpoint, and the command that continues the run.
  let (path, command): (String, String)

  /// The greatest number of classes in the table.
  private static let classLimit = 20

  private var picturesPerSecond: Double? {
    trainingSeconds > 0 ? Double(pictures) / trainingSeconds : nil
  }

  /// The tables as text, one with the epochs and one with the classes.
  ///
  /// - Parameter terminal: The capabilities of the output stream.
  /// - Returns: Lines with line breaks.
  func text(for terminal: Terminal) -> String {
    var text = epochs.rendered(for: terminal)
    if let classes { text += "\n" + classes.rendered(for: terminal) }
    let rate = picturesPerSecond.map {
      ", training \(Format.duration(trainingSeconds)), \(Format.grouped(Int($0.rounded()))) "
        + "pictures a second"
    }
    let job =
      summary.processes > 1
      ? ", \(summary.processes) processes, each sent \(Format.bytes(summary.sentBytesPerStep)) "
        + "a step" : ""
    if let calibration { text += "\n\(calibration)\n" }
    return text + "\ntime \(Format.duration(seconds))\(rate ?? "")"
      + ", peak memory \(Format.bytes(peakMemory))\(job)\n"
  }

  private var epochs: Table {
    let name = summary.evaluatedOn == .test ? "test" : "validation"
    var table = Table([
      .init("epoch"), .init("\(name) loss", .right), .init("\(name) accuracy", .right),
      .init("95 % interval", .right),
    ])
    func add(_ epoch: RunSummary.Epoch, _ note: String) {
      table.addRow([
        "\(epoch.number) \(note)", Format.fixed(epoch.loss, decimals: 4),
        Format.percent(epoch.accuracy), text(epoch.interval),
      ])
    }
    if summary.best.number == summary.last.number {
      add(summary.last, "(best, last)")
    } else {
      add(summary.best, "(best)")
      add(summary.last, "(last)")
    }
    if summary.evaluationSet != summary.evaluatedOn, let test = summary.evaluation {
      table.addRow([
        "finished, test pictures", Format.fixed(test.loss, decimals: 4),
        Format.percent(test.accuracy), text(test.accuracyInterval),
      ])
    }
    return table
  }

  /// The recall of each class, or of those with the lowest.
  private var classes: Table? {
    guard let confusion = summary.evaluation?.confusion else { return nil }
    let recalls = recalls(confusion)
    guard !recalls.isEmpty else { return nil }
    let isComplete = recalls.count <= Self.classLimit
    let shown =
      isComplete
      ? recalls : Array(recalls.sorted { $0.recall < $1.recall }.prefix(Self.classLimit))
    let title = isComplete ? "class" : "class (lowest \(Self.classLimit) of \(recalls.count))"
    let set = summary.evaluationSet == .test ? "test" : "validation"
    var table = Table([
      .init(title), .init("\(set) pictures", .right), .init("recall", .right),
      .init("95 % interval", .right),
    ])
    for (label, recall) in shown {
      let count = confusion.count(of: label)
      table.addRow([
        name(label) + (label == summary.rejectedClass ? " (rejected)" : ""),
        Format.grouped(count), Format.percent(recall),
        text(wilsonInterval(successes: confusion[label, label], of: count)),
      ])
    }
    return table
  }

  private func recalls(_ confusion: ConfusionMatrix) -> [(label: Int, recall: Double)] {
    (0..<confusion.classCount).compactMap { label in
      confusion.recall(of: label).map { (label, $0) }
    }
  }

  private func name(_ label: Int) -> String {
    summary.classNames.indices.contains(label) ? summary.classNames[label] : "\(label)"
  }

  /// The calibration in one line.
  private var calibration: String? {
    guard let calibration = summary.calibration else { return nil }
    return """
      calibrated on \(Format.grouped(calibration.count)) validation pictures: temperature \
      \(Format.fixed(calibration.temperature, decimals: 3)), calibration error \
      \(Format.percent(calibration.errorBefore)) -> \(Format.percent(calibration.errorAfter)), \
      rejected below \(calibration.score.rawValue) \
      \(Format.fixed(calibration.threshold, decimals: 3))
      """
  }

  private func text(_ interval: ClosedRange<Double>) -> String {
    "\(Format.fixed(interval.lowerBound * 100, decimals: 2)) to "
      + Format.percent(interval.upperBound)
  }

  /// The results as a JSON object on one line.
  var json: String {
    let confusion = summary.evaluation?.confusion
    let recalls = confusion.map(recalls) ?? []
    let best = summary.best
    let last = summary.last
    let numbers: JSON.Object = [
      "best_epoch": .integer(best.number), "best_accuracy": .number(best.accuracy),
      "best_accuracy_low": .number(best.interval.lowerBound),
      "best_accuracy_high": .number(best.interval.upperBound),
      "last_epoch": .integer(last.number), "last_accuracy": .number(last.accuracy),
      "last_accuracy_low": .number(last.interval.lowerBound),
      "last_accuracy_high": .number(last.interval.upperBound),
      "recalls": .array(
        recalls.map { label, recall in
          .object([
            "class": .integer(label), "class_name": .string(name(label)), "recall": .number(recall),
          ])
        }),
      "rejected_class": summary.rejectedClass.map { .integer($0) },
      "calibration": summary.calibration.map { calibration in
        .object([
          "score": .string(calibration.score.rawValue),
          "temperature": .number(calibration.temperature),
          "threshold": .number(calibration.threshold), "pictures": .integer(calibration.count),
          "error_before": .number(calibration.errorBefore),
          "error_after": .number(calibration.errorAfter),
        ])
      },
      "processes": .integer(summary.processes),
      "sent_bytes_per_step": .integer(summary.sentBytesPerStep),
      "seconds": .number(seconds), "training_seconds": .number(trainingSeconds),
      "pictures_per_second": picturesPerSecond.map { .number($0) } ?? .null,
      "peak_memory": .integer(peakMemory), "file": .string(path),
      "continue_with": .string(command),
    ]
    return JSON.object(["summary": .object(numbers)]).text(.compact)
  }
}
