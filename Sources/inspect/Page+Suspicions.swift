import Console
import Inspection

extension Page {
  /// What is suspicious in a file, and whether it is safe to open in Keras.
  func section(_ suspicions: Suspicions) -> String {
    let label = terminal.styled("Suspicious:", suspicions.isSafeInKeras ? .yellow : .red)
    var text = suspicions.list.prefix(20).map { "\(label) \(escaped("\($0)"))\n" }.joined()
    let rest = suspicions.list.count - 20
    if rest > 0 { text += "\(label) and \(Format.grouped(rest)) more; --json has all\n" }
    return text + safety(suspicions)
  }

  /// What is suspicious in a file or wrong with its model; `nil` if nothing is.
  func warning(_ report: Report, _ suspicions: Suspicions) -> String? {
    let problem = report.model?.configurationProblem.map { "\(escaped($0)).\n" }
    guard !suspicions.list.isEmpty else { return problem }
    return (problem ?? "") + section(suspicions)
  }

  /// One line: whether the file is safe to open in Keras.
  func safety(_ suspicions: Suspicions) -> String {
    "\(heading("Safe to open in Keras:")) \(escaped(suspicions.verdict))\n"
  }
}
