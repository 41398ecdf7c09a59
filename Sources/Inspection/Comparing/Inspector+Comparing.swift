import Checkpoints
import HDF5
import ModelFiles

extension Inspector {
  /// Compares the file with another one.
  ///
  /// If both files contain models, variables are paired by their role in the model and its
  /// optimizer, independent of paths and layer names. Otherwise, objects are paired by path. Values
  /// are read block by block.
  ///
  /// - Parameters:
  ///   - second: The other file.
  ///   - tolerance: The tolerance within which numbers are close.
  ///   - names: The parts to ignore: `model`, `optimizer`, `training_state` or `environment`, a
  ///     part of the training state such as `history`, a layer, a variable, or a path.
  /// - Returns: The comparison.
  /// - Throws: ``InspectionError`` if a file cannot be read, or a part to ignore is in neither
  ///   file.
  public func compared(
    with second: borrowing Inspector, tolerance: Tolerance = Tolerance(),
    ignoring names: [String] = []
  ) throws(InspectionError) -> FileComparison {
    var comparer = FileComparer(tolerance: tolerance, ignored: IgnoredParts(names))
    let matching: FileComparison.Matching
    if report.model != nil, second.report.model != nil {
      matching = .role
      try comparer.addModels(self, second)
    } else {
      matching = .path
      try comparer.addObjects(self, second)
    }
    try comparer.ignored.check()
    return FileComparison(
      first: report, second: second.report, matching: matching, tolerance: tolerance,
      ignored: names, tensors: comparer.tensors, facts: comparer.facts,
      environment: comparer.environment, notes: comparer.notes,
      problems: report.problems + second.report.problems + comparer.problems)
  }
}

/// Collects the results of comparing two files.
struct FileComparer {
  let tolerance: Tolerance
  var ignored: IgnoredParts
  var tensors: [TensorComparison] = []
  var facts: [FactComparison] = []
  var environment: [FactComparison] = []
  var notes: [String] = []
  var problems: [String] = []

  init(tolerance: Tolerance, ignored: IgnoredParts) {
    self.tolerance = tolerance
    self.ignored = ignored
  }

  /// Compares a variable or dataset of two files.
  ///
  /// - Parameters:
  ///   - name: The name of both.
  ///   - a: The variable of the first file; `nil` if it has none.
  ///   - b: The variable of the second file; `nil` if it has none.
  ///   - first: The first file.
  ///   - second: The second file.
  mutating func add(
    _ name: String, _ a: VariableReport?, _ b: VariableReport?, _ first: borrowing Inspector,
    _ second: borrowing Inspector
  ) {
    guard let a, let b else {
      tensors.append(
        TensorComparison(
          name: name, first: a, second: b, status: a == nil ? .onlyInSecond : .onlyInFirst))
      return
    }
    do throws(HDF5Error) {
      let (status, elements) = try DatasetComparer(tolerance: tolerance).compare(
        first.checkpoint.dataset(at: a.path),
        second.checkpoint.dataset(at: b.path))
      tensors.append(
        TensorComparison(name: name, first: a, second: b, status: status, elements: elements))
    } catch {
      // An error without a file concerns both; it is reported for the first.
      let problem = HDF5Error(
        operation: error.operation, file: error.file ?? first.report.path, object: error.object,
        cause: error.cause
      ).description
      problems.append(problem)
      tensors.append(
        TensorComparison(name: name, first: a, second: b, status: .unreadable, problem: problem))
    }
  }
}
