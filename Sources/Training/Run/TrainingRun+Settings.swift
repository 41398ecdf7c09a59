import Checkpoints
import Datasets
import JSON
import NeuralNetwork
import Preconditions

/// The settings of a run, which must not change when it is resumed.
extension TrainingRun {
  /// Stops the program if the run could not be resumed.
  static func check(
    _ metrics: [any Metric], _ batches: Dataset, _ parts: [String], file: StaticString, line: UInt
  ) {
    require(
      batches.isReproducible,
      "`batches` must have seeds, so that a run can be resumed, but its operations are "
        + batches.operations.joined(separator: ", "), file: file, line: line)
    require(
      parts.allSatisfy { !$0.isEmpty && !$0.contains("/") && $0 != "." },
      "`parts` must have names without '/', but have \(parts.sorted()).", file: file, line: line)
    for metric in metrics {
      require(
        !metric.name.isEmpty && !metric.name.contains("/") && metric.name != "."
          && metric.variables?.keys.contains(where: { $0.isEmpty || $0.contains("/") }) == false,
        "`metrics` must tell their variables and have names without '/', unlike '\(metric.name)'.",
        file: file, line: line)
    }
    require(
      Set(metrics.map(\.name)).count == metrics.count,
      "`metrics` must have different names, but have \(metrics.map(\.name)).", file: file,
      line: line)
  }

  /// The settings by name, in the form of checkpoints.
  static func settings(
    _ optimizer: Optimizer, _ batches: Dataset, _ digest: String, _ metrics: [any Metric],
    _ parts: [String: TrainingPart], _ own: JSON.Object
  ) -> JSON.Object {
    func options(_ optimizer: Optimizer?) -> JSON {
      var config = optimizer?.config ?? [:]
      config["name"] = nil
      return .object(config)
    }
    func className(_ optimizer: Optimizer?) -> JSON {
      optimizer.map { .string(type(of: $0).className) } ?? .null
    }
    let others = parts.mapValues { part in
      JSON.object([
        "optimizer": className(part.optimizer), "optimizer_options": options(part.optimizer),
      ])
    }
    let measured = metrics.map { metric in
      JSON.object(["class_name": .string(metric.kerasClassName), "config": .object(metric.config)])
    }
    let settings: JSON.Object = [
      "optimizer": className(optimizer), "optimizer_options": options(optimizer),
      "data_sha256": .string(digest), "data": .array(batches.operations.map(JSON.string)),
      "metrics": .object(
        JSON.Object(
          Dictionary(uniqueKeysWithValues: zip(metrics.map(\.name), measured)))),
      "parts": others.isEmpty ? nil : .object(JSON.Object(others)),
      "settings": own.isEmpty ? nil : .object(own),
    ]
    // Numbers are compared in the form in which files have them.
    return (try? JSON(parsing: JSON.object(settings).text))?.object ?? settings
  }

  /// Compares the settings of the run in a file with those of this one.
  ///
  /// - Returns: The differences; members of objects are named like
  ///   `optimizer_options.learning_rate`.
  static func differences(
    between inFile: JSON?, and own: JSON?, name: String = ""
  ) -> [TrainingError.Difference] {
    guard inFile != own else { return [] }
    guard let first = inFile?.object, let second = own?.object else {
      func shown(_ value: JSON?) -> String {
        guard let value else { return "–" }
        let texts = value.array?.map { $0.string ?? $0.text }
        return texts?.joined(separator: ", ") ?? value.string ?? value.text
      }
      return [.init(name: name, inFile: shown(inFile), asked: shown(own))]
    }
    return Set(first.keys).union(second.keys).sorted().flatMap { key in
      differences(
        between: first[key], and: second[key], name: name.isEmpty ? key : "\(name).\(key)")
    }
  }
}
