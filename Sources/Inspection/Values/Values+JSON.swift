public import JSON

extension DatasetStatistics {
  /// The statistics as a JSON object.
  public var json: JSON {
    var members: JSON.Object = [
      "name": .string(name), "path": .string(path), "shape": .shape(shape),
      "dtype": .string(elementType),
    ]
    if let statistics {
      members.merge([
        "count": .integer(statistics.count), "nan": .integer(statistics.nanCount),
        "infinite": .integer(statistics.infinityCount), "zeros": .integer(statistics.zeroCount),
        "min": .number(statistics.minimum), "max": .number(statistics.maximum),
        "mean": .number(statistics.mean), "std": .number(statistics.standardDeviation),
        "l2": .number(statistics.norm), "histogram": .shape(histogram),
      ]) { $1 }
    }
    if let problem { members["problem"] = .string(problem) }
    return .object(members)
  }
}

extension ArrayValues {
  /// The elements as a JSON object, in arrays nested according to the shape.
  public var json: JSON {
    let leaves: [JSON] =
      switch elements {
      case .floats(let values): values.map { .number(Double($0)) }
      case .doubles(let values): values.map(JSON.number)
      case .integers(let values): values.map(JSON.integer)
      case .unsigned(let values): values.map(JSON.integer)
      case .strings(let values): values.map(JSON.string)
      }
    return .object([
      "expression": .string(expression), "path": .string(path),
      "dtype": .string(elementType), "shape": .shape(shape),
      "values": ArrayValues.nested(leaves[...], shape[...]),
    ])
  }

  private static func nested(
    _ leaves: ArraySlice<JSON>, _ shape: ArraySlice<Int>
  ) -> JSON {
    guard let extent = shape.first else { return leaves.first ?? .null }
    // An extent of 0 ends the nesting, because the extents before it can be huge.
    guard !leaves.isEmpty else { return .array([]) }
    let size = leaves.count / extent
    return .array(
      (0..<extent).map { index in
        let start = leaves.startIndex + index * size
        return nested(leaves[start..<start + size], shape.dropFirst())
      })
  }
}
