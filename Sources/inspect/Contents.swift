import Console
import Inspection
import JSON

/// The contents of a file to show.
struct Contents {
  /// The report about the file.
  let report: Report
  /// The requested objects.
  var objects: ObjectList?
  /// The requested statistics.
  var statistics: StatisticsReport?
  /// The requested slice of a dataset.
  var slice: ArrayValues?

  /// All objects of a file without a model, if nothing else was requested.
  var tree: ObjectList?

  /// Everything suspicious in the file, unless only a part of it was requested.
  var suspicions: Suspicions?

  /// The requested comparison with another file.
  var comparison: FileComparison?

  init(report: Report) {
    self.report = report
  }

  /// The reasons for missing parts of the file or missing requested values, each in one sentence.
  ///
  /// The page lists every unreadable part; one sentence reports that there are such parts.
  var problems: [String] {
    if let comparison { return comparison.problems }
    return report.problems.prefix(1)
      + (statistics?.datasets ?? []).compactMap { entry in
        entry.problem.map { "Cannot read '\(entry.path)' in '\(report.path)': \($0)" }
      }
  }

  /// Everything as one JSON object, followed by a line break.
  var json: String {
    if let comparison { return comparison.json.document("cairn.inspect.diff/1") }
    var members = report.json
    if let suspicions { members.merge(suspicions.json) { $1 } }
    if let objects { members.merge(objects.json) { $1 } }
    if let statistics { members["statistics"] = .array(statistics.datasets.map(\.json)) }
    if let slice { members["slice"] = slice.json }
    return members.document("cairn.inspect/1")
  }

  /// The requested contents, or the summary, as text for users.
  func text(for terminal: Terminal) -> String {
    let page = Page(terminal)
    if let comparison { return page.comparison(comparison) }
    var sections: [String] = []
    if let objects { sections.append(page.objects(objects)) }
    if let statistics { sections.append(page.statistics(statistics)) }
    if let slice { sections.append(page.array(slice)) }
    guard sections.isEmpty else {
      if let suspicions { sections += [page.warning(report, suspicions)].compactMap(\.self) }
      return sections.joined(separator: "\n")
    }
    return page.summary(report, tree)
      + (suspicions.map { "\n" + page.section($0) } ?? "")
  }
}

extension JSON.Object {
  /// Formats the members as a JSON document, followed by a line break.
  ///
  /// - Parameter schema: The name of the schema, which comes first.
  /// - Returns: The text.
  func document(_ schema: String) -> String {
    let first: JSON.Object = ["schema": .string(schema)]
    return JSON.object(first.merging(self) { $1 }).indentedText + "\n"
  }
}
