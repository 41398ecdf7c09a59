import Checkpoints
import HDF5
import ModelFiles
import NeuralNetwork

extension FileComparer {
  /// Compares two files that hold models.
  mutating func addModels(
    _ first: borrowing Inspector, _ second: borrowing Inspector
  ) throws(InspectionError) {
    let pairs: ModelPairs?
    do throws(CheckpointError) {
      pairs = try ModelPairs(first.checkpoint, second.checkpoint)
    } catch {
      throw .file(error)
    }
    guard let pairs else { return }
    notes += pairs.notes.map { "\($0)" }
    addModelSettings(first, second)
    let (namesA, namesB) = (first.names, second.names)
    for pair in pairs.pairs {
      let name =
        pair.first.flatMap { namesA[$0.path] } ?? pair.second.flatMap { namesB[$0.path] }
        ?? pair.name ?? pair.first?.path ?? pair.second?.path ?? ""
      guard !ignored.contains(name, in: "model") else { continue }
      add(
        name, pair.first.map { VariableReport(name: name, $0) },
        pair.second.map { VariableReport(name: name, $0) }, first, second)
    }
    try addOptimizers(first, second, pairs)
    addTrainingStates(first.report.training, second.report.training)
    addPictures(first.report.pictures, second.report.pictures)
  }

  // MARK: - Optimizers

  private mutating func addOptimizers(
    _ first: borrowing Inspector, _ second: borrowing Inspector, _ model: ModelPairs
  ) throws(InspectionError) {
    let (a, b) = (first.report.optimizer, second.report.optimizer)
    addOptimizerSettings(a, b)
    let known: OptimizerPairs?
    do throws(CheckpointError) {
      known = try OptimizerPairs(first.checkpoint, second.checkpoint, model: model)
    } catch {
      throw .file(error)
    }
    let pairs: [(name: String, first: VariableReport?, second: VariableReport?)]
    if let known {
      notes += known.notes.map { "\($0)" }
      pairs = known.pairs.map { pair in
        let name = pair.name ?? pair.first?.path ?? pair.second?.path ?? ""
        return (
          name, pair.first.map { VariableReport(name: name, $0) },
          pair.second.map { VariableReport(name: name, $0) }
        )
      }
    } else {
      pairs = FileComparer.pairs(a, b)
    }
    for pair in pairs where !ignored.contains(pair.name, in: "optimizer") {
      if pair.name == "optimizer/learning_rate", pair.first == nil || pair.second == nil,
        addLearningRate(pair.first ?? pair.second, first, second)
      {
        continue
      }
      add(pair.name, pair.first, pair.second, first, second)
    }
  }

  /// Pairs the variables of optimizers of an unknown class by order or by name.
  private static func pairs(
    _ a: OptimizerReport?, _ b: OptimizerReport?
  ) -> [(name: String, first: VariableReport?, second: VariableReport?)] {
    let (inFirst, inSecond) = (a?.variables ?? [], b?.variables ?? [])
    let isSameClass = a?.className == nil || b?.className == nil || a?.className == b?.className
    if isSameClass, inFirst.map(\.shape) == inSecond.map(\.shape) {
      return zip(inFirst, inSecond).map { a, b in
        // Prefer a name to a number.
        (Int(a.name.dropFirst("optimizer/".count)) == nil ? a.name : b.name, a, b)
      }
    }
    let byName = Dictionary(inSecond.map { ($0.name, $0) }) { first, _ in first }
    let names = Set(inFirst.map(\.name))
    return inFirst.map { ($0.name, $0, byName[$0.name]) }
      + inSecond.filter { !names.contains($0.name) }.map { ($0.name, nil, $0) }
  }

  /// Compares a learning rate that is a variable of one file and only in the compile config of the
  /// other.
  ///
  /// - Parameters:
  ///   - variable: The variable.
  ///   - first: The first file.
  ///   - second: The second file.
  /// - Returns: Whether the config contains a learning rate.
  private mutating func addLearningRate(
    _ variable: VariableReport?, _ first: borrowing Inspector, _ second: borrowing Inspector
  ) -> Bool {
    let isInFirst = first.report.optimizer?.variables.contains { $0.path == variable?.path } == true
    let configured =
      isInFirst && second.report.optimizer != nil
      ? second.checkpoint.configuredLearningRate()
      : isInFirst ? nil : first.checkpoint.configuredLearningRate()
    let optimizer = isInFirst ? first.report.optimizer : second.report.optimizer
    guard let configured, let stored = optimizer?.learningRate else { return false }
    var elements = ElementComparison()
    let (a, b) = isInFirst ? (stored, configured) : (configured, stored)
    elements.add([Float(a)], [Float(b)], part: [], tolerance: tolerance)
    tensors.append(
      TensorComparison(
        name: "optimizer/learning_rate", first: isInFirst ? variable : nil,
        second: isInFirst ? nil : variable,
        status: elements.differingCount == 0
          ? .equal : elements.distantCount == 0 ? .close : .different, elements: elements))
    return true
  }
}

extension Inspector {
  /// The names of the model's variables by path.
  fileprivate var names: [String: String] {
    Dictionary((report.model?.variables ?? []).map { ($0.path, $0.name) }) { first, _ in first }
  }
}
