import Checkpoints
import HDF5

/// How many elements a slice may have: more than anybody reads.
private let largestSlice = 1_000_000

extension Inspector {
  /// Finds the objects that a name means: a layer or a variable of the model, or a path in the file.
  ///
  /// - Parameters:
  ///   - name: `conv1`, `conv1/kernel`, `optimizer`, or a path.
  ///   - report: What the file holds.
  /// - Returns: The paths, at least one.
  /// - Throws: ``InspectionError/noSuchObject(path:name:similar:)`` if there are none.
  public func paths(named name: String, in report: Report) throws(InspectionError) -> [String] {
    let variables =
      (report.model?.layers.flatMap(\.variables) ?? [])
      + (report.optimizer?.variables ?? [])
    let meant = variables.filter { $0.role == name || $0.role.hasPrefix("\(name)/") }
    if !meant.isEmpty { return meant.map(\.path) }
    let exists = try reading { () throws(CheckpointError) in
      try Checkpoints.reading { () throws(HDF5Error) in try checkpoint.file.contains(name) }
    }
    if exists { return [name.hasPrefix("/") ? name : "/\(name)"] }
    let known =
      variables.map(\.role) + variables.map(\.path)
      + (report.model?.layers.map(\.name) ?? [])
    throw .noSuchObject(
      path: path, name: name, similar: known.first { editDistance($0, name) <= 2 })
  }

  /// Reads a part of an array.
  ///
  /// - Parameters:
  ///   - expression: Which part.
  ///   - report: What the file holds.
  /// - Returns: The elements.
  /// - Throws: ``InspectionError`` if there is no such part, it is too large, or the elements are not
  ///   numbers.
  public func values(
    of expression: SliceExpression, in report: Report
  ) throws(InspectionError) -> SliceValues {
    let paths = try paths(named: expression.name, in: report)
    guard paths.count == 1 else {
      throw .slice(
        expression: expression.name, problem: "it names \(paths.count) arrays, not one")
    }
    let (slices, shape) = try expression.resolved(
      for: try reading { () throws(CheckpointError) in
        try Checkpoints.reading { () throws(HDF5Error) in
          try checkpoint.file.dataset(at: paths[0]).shape
        }
      })
    var count = 1
    for extent in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow, product <= largestSlice else {
        throw .slice(
          expression: expression.name, problem: "it has more than \(largestSlice) elements")
      }
      count = product
    }
    let values = try reading { () throws(CheckpointError) in
      try Checkpoints.reading { () throws(HDF5Error) in
        try checkpoint.file.dataset(at: paths[0]).read(as: Double.self, slices: slices)
      }
    }
    return SliceValues(shape: shape, values: values)
  }
}

/// The number of letters that must be inserted, deleted or replaced to make one name of another.
private func editDistance(_ a: String, _ b: String) -> Int {
  let (a, b) = (Array(a.prefix(200)), Array(b.prefix(200)))
  var row = Array(0...b.count)
  for (i, letter) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, other) in b.enumerated() {
      let next = min(row[j + 1] + 1, row[j] + 1, diagonal + (letter == other ? 0 : 1))
      diagonal = row[j + 1]
      row[j + 1] = next
    }
  }
  return row[b.count]
}
