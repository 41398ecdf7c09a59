public import JSON

extension FileComparison {
  /// The comparison as members of a JSON object.
  public var json: JSON.Object {
    let counts = counts.sorted { $0.key.rawValue < $1.key.rawValue }
    return [
      "a": first.file, "b": second.file,
      "same": .bool(isSame), "matched_by": .string(matching.rawValue),
      "tolerance": .object([
        "rtol": .number(tolerance.relative), "atol": .number(tolerance.absolute),
        "close_is_same": .bool(tolerance.acceptsClose),
      ]),
      "ignored": .array(ignored.map(JSON.string)),
      "counts": .object(
        JSON.Object(
          counts.map { status, count in
            (
              status.rawValue.replacing(" ", with: "_").lowercased(),
              .object(["tensors": .integer(count.tensors), "facts": .integer(count.facts)])
            )
          })),
      "tensors": .array(tensors.map(\.json)), "facts": .array(facts.map(\.json)),
      "environment": .array(environment.map(\.json)),
      "notes": .array(notes.map(JSON.string)),
      "problems": .array(problems.map(JSON.string)),
    ]
  }
}

extension TensorComparison {
  fileprivate var json: JSON {
    var members: JSON.Object = [
      "name": .string(name), "status": .string(status.rawValue),
      "a": first.map(\.place) ?? .null, "b": second.map(\.place) ?? .null,
    ]
    if let elements { members.merge(elements.json) { $1 } }
    if let problem { members["problem"] = .string(problem) }
    return .object(members)
  }
}

extension VariableReport {
  /// The path, shape and type of the variable.
  fileprivate var place: JSON {
    .object([
      "path": .string(path), "shape": .shape(shape), "dtype": .string(elementType),
    ])
  }
}

extension ElementComparison {
  fileprivate var json: JSON.Object {
    [
      "count": .integer(count), "differing": .integer(differingCount),
      "not_close": .integer(distantCount), "non_finite_differing": .integer(nonFiniteCount),
      "max_abs": .number(maximumDifference), "relative_l2": .number(relativeDifference),
      "max_ulp": maximumSteps.map(JSON.integer) ?? .null,
      "first_difference": firstDifference.map(\.json) ?? .null,
      "first_not_close": firstDistant.map(\.json) ?? .null,
    ]
  }
}

extension ElementComparison.Difference {
  fileprivate var json: JSON {
    .object(["index": .shape(index), "a": first.json, "b": second.json])
  }
}

extension FactComparison {
  fileprivate var json: JSON {
    var members: JSON.Object = [
      "name": .string(name), "status": .string(status.rawValue), "a": first ?? .null,
      "b": second ?? .null,
    ]
    if let index { members["index"] = .integer(index) }
    return .object(members)
  }
}
