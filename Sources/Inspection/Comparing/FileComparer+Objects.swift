import Checkpoints
import HDF5
import JSON
import ModelFiles

extension FileComparer {
  /// Compares two files object by object, paired by path.
  mutating func addObjects(
    _ first: borrowing Inspector, _ second: borrowing Inspector
  ) throws(InspectionError) {
    let (a, b) = (try first.objects(), try second.objects())
    for (list, path) in [(a, first.report.path), (b, second.report.path)] {
      if let omission = list.omission {
        problems.append("Cannot compare all of '\(path)': \(omission)")
      }
    }
    let inFirst = Dictionary(a.objects.map { ($0.path, $0) }) { first, _ in first }
    let inSecond = Dictionary(b.objects.map { ($0.path, $0) }) { first, _ in first }
    for object in a.objects {
      add(object.path, object, inSecond[object.path], first, second)
    }
    for object in b.objects where inFirst[object.path] == nil {
      add(object.path, nil, object, first, second)
    }
  }

  private mutating func add(
    _ path: String, _ a: ObjectReport?, _ b: ObjectReport?, _ first: borrowing Inspector,
    _ second: borrowing Inspector
  ) {
    guard !ignored.contains(path) else { return }
    let (datasetA, datasetB) = (first.dataset(of: a), second.dataset(of: b))
    if datasetA != nil || datasetB != nil, (a == nil) == (datasetA == nil),
      (b == nil) == (datasetB == nil)
    {
      // An object with several paths is compared at only one of them.
      if case .sameAs(let pathA)? = a?.content, case .sameAs(let pathB)? = b?.content,
        pathA == pathB
      {
        return
      }
      add(path, datasetA, datasetB, first, second)
    } else {
      addKinds(path, a, b, first, second)
    }
    guard let a, let b else { return }
    if let problem = a.problem ?? b.problem {
      problems.append("Cannot compare the attributes of '\(path)': \(problem.reason)")
    }
    addAttributes(path, a.attributes, b.attributes)
  }

  /// Compares the objects at a path, unless both are datasets.
  private mutating func addKinds(
    _ path: String, _ a: ObjectReport?, _ b: ObjectReport?, _ first: borrowing Inspector,
    _ second: borrowing Inspector
  ) {
    for (object, file) in [(a, first.report.path), (b, second.report.path)] {
      guard case .other(.unreadable(let reason))? = object?.content else { continue }
      problems.append("Cannot compare '\(path)' in '\(file)': \(reason)")
      facts.append(FactComparison(unreadable: path))
      return
    }
    facts.append(
      FactComparison(
        path, a.map { .string($0.content.kind) }, b.map { .string($0.content.kind) }, tolerance))
  }

  private mutating func addAttributes(
    _ path: String, _ a: [(name: String, value: AttributeValue)],
    _ b: [(name: String, value: AttributeValue)]
  ) {
    let inFirst = Dictionary(a) { first, _ in first }
    let inSecond = Dictionary(b) { first, _ in first }
    for name in a.map(\.name) + b.map(\.name).filter({ inFirst[$0] == nil }) {
      let full = "\(path)@\(name)"
      guard !ignored.contains(full), !ignored.contains("attributes") else { continue }
      let (first, second) = (inFirst[name], inSecond[name])
      if case .other(let words)? = first, case .other(let others)? = second, words == others {
        problems.append("Cannot compare the attribute '\(full)': its value is \(words)")
        facts.append(FactComparison(unreadable: full))
        continue
      }
      facts.append(
        FactComparison(
          full, first.map(JSON.init), second.map(JSON.init), tolerance))
    }
  }
}

extension Inspector {
  /// The dataset at the path of an object; `nil` if it is not a dataset.
  fileprivate func dataset(of object: ObjectReport?) -> VariableReport? {
    guard let object else { return nil }
    switch object.content {
    case .dataset, .sameAs:
      guard let dataset = try? checkpoint.dataset(at: object.path) else { return nil }
      return VariableReport(
        name: object.path, path: object.path, shape: dataset.shape,
        elementType: "\(dataset.elementType)", count: dataset.count,
        byteCount: dataset.count.map {
          $0.multipliedReportingOverflow(by: dataset.elementSize).partialValue
        })
    default: return nil
    }
  }
}

extension ObjectReport.Content {
  /// A description of the kind, which is equal for objects of the same kind.
  fileprivate var kind: String {
    switch self {
    case .group: "a group"
    case .dataset: "a dataset"
    case .sameAs(let path): "the same as '\(path)'"
    case .other(let kind): "\(kind)"
    }
  }
}
