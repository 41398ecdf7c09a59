import Console
import Inspection

/// What is shown of a file.
struct Contents {
  /// What the file holds.
  let report: Report
  /// The objects that were asked for.
  var objects: ObjectList?
  /// The statistics that were asked for.
  var statistics: StatisticsReport?
  /// The part of a dataset that was asked for.
  var slice: ArrayValues?

  /// All objects of a file that holds no model, if nothing was asked for.
  var tree: ObjectList?

  /// The comparison with another file that was asked for.
  var comparison: FileComparison?

  init(report: Report) {
    self.report = report
  }

  /// Why parts of the file, or numbers that were asked for, are missing, each in one sentence.
  ///
  /// The page lists every part that cannot be read; one sentence says that there are such parts.
  var problems: [String] {
    if let comparison { return comparison.problems }
    return report.problems.prefix(1)
      + (statistics?.datasets ?? []).compactMap { entry in
        entry.problem.map { "Cannot read '\(entry.path)' in '\(report.path)': \($0)" }
      }
  }

  /// One JSON object with everything, and a line break.
  var json: String {
    if let comparison {
      return JSONDocument.object(
        [("schema", .string("cairn.inspect.diff/1"))] + comparison.json
      ).text + "\n"
    }
    var members: [(key: String, value: JSONDocument)] = [("schema", .string("cairn.inspect/1"))]
    members += report.json
    if let objects { members += objects.json }
    if let statistics { members.append(("statistics", .array(statistics.datasets.map(\.json)))) }
    if let slice { members.append(("slice", slice.json)) }
    return JSONDocument.object(members).text + "\n"
  }

  /// What was asked for, or else what the file holds, for people.
  func text(for terminal: Terminal) -> String {
    let page = Page(terminal)
    if let comparison { return page.comparison(comparison) }
    var sections: [String] = []
    if let objects { sections.append(page.objects(objects)) }
    if let statistics { sections.append(page.statistics(statistics)) }
    if let slice { sections.append(page.array(slice)) }
    return sections.isEmpty ? page.summary(report, tree) : sections.joined(separator: "\n")
  }
}
