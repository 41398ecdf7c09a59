public import JSON

extension FileComparison {
  /// The comparison as members of a JSON object.
  public var json: [(key: String, value: JSONDocument)] {
    let counts = counts.sorted { $0.key.rawValue < $1.key.rawValue }
    return [
      ("a", first.file), ("b", second.file),
      ("same", .bool(isSame)), ("matched_by", .string(matching.rawValue)),
      (
        "tolerance",
        .object([
          ("rtol", .number(tolerance.relative)), ("atol", .number(tolerance.absolute)),
          ("close_is_same", .bool(tolerance.acceptsClose)),
        ])
      ),
      ("ignored", .array(ignored.map(JSONDocument.string))),
      (
        "counts",
        .object(
          counts.map { status, count in
            (
              status.rawValue.replacing(" ", with: "_").lowercased(),
              .object([("tensors", .integer(count.tensors)), ("facts", .integer(count.facts))])
            )
          })
      ),
      ("tensors", .array(tensors.map(\.json))), ("facts", .array(facts.map(\.json))),
      ("environment", .array(environment.map(\.json))),
      ("notes", .array(notes.map(JSONDocument.string))),
      ("problems", .array(problems.map(JSONDocument.string))),
    ]
  }
}

extension TensorComparison {
  fileprivate var json: JSONDocument {
    var members: [(key: String, value: JSONDocument)] = [
      ("name", .string(name)), ("status", .string(status.rawValue)),
      ("a", first.map(\.place) ?? .null), ("b", second.map(\.place) ?? .null),
    ]
    if let elements { members += elements.json }
    if let problem { members.append(("problem", .string(problem))) }
    return .object(members)
  }
}

extension VariableReport {
  /// The path, shape and type of the variable.
  fileprivate var place: JSONDocument {
    .object([
      ("path", .string(path)), ("shape", .shape(shape)), ("dtype", .string(elementType)),
    ])
  }
}

extension ElementComparison {
  fileprivate var json: [(key: String, value: JSONDocument)] {
    [
      ("count", .integer(count)), ("differing", .integer(differingCount)),
      ("not_close", .integer(distantCount)), ("non_finite_differing", .integer(nonFiniteCount)),
      ("max_abs", .number(maximumDifference)), ("relative_l2", .number(relativeDifference)),
      ("max_ulp", maximumSteps.map(JSONDocument.unsigned) ?? .null),
      ("first_difference", firstDifference.map(\.json) ?? .null),
      ("first_not_close", firstDistant.map(\.json) ?? .null),
    ]
  }
}

extension ElementComparison.Difference {
  fileprivate var json: JSONDocument {
    .object([("index", .shape(index)), ("a", first.json), ("b", second.json)])
  }
}

extension FactComparison {
  fileprivate var json: JSONDocument {
    var members: [(key: String, value: JSONDocument)] = [
      ("name", .string(name)), ("status", .string(status.rawValue)), ("a", first ?? .null),
      ("b", second ?? .null),
    ]
    if let index { members.append(("index", .integer(index))) }
    return .object(members)
  }
}
