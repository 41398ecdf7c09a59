public import JSON

extension DatasetStatistics {
  /// The statistics as a JSON object.
  public var json: JSONDocument {
    var members: [(key: String, value: JSONDocument)] = [
      ("name", .string(name)), ("path", .string(path)), ("shape", .shape(shape)),
      ("dtype", .string(elementType)),
    ]
    if let statistics {
      members += [
        ("count", .integer(statistics.count)), ("nan", .integer(statistics.nanCount)),
        ("infinite", .integer(statistics.infinityCount)), ("zeros", .integer(statistics.zeroCount)),
        ("min", .number(statistics.minimum)), ("max", .number(statistics.maximum)),
        ("mean", .number(statistics.mean)), ("std", .number(statistics.standardDeviation)),
        ("l2", .number(statistics.norm)), ("histogram", .shape(histogram)),
      ]
    }
    if let problem { members.append(("problem", .string(problem))) }
    return .object(members)
  }
}

extension ArrayValues {
  /// The elements as a JSON object, in arrays nested according to the shape.
  public var json: JSONDocument {
    let leaves: [JSONDocument] =
      switch elements {
      case .floats(let values): values.map { .number(Double($0)) }
      case .doubles(let values): values.map(JSONDocument.number)
      case .integers(let values): values.map(JSONDocument.integer)
      case .unsigned(let values): values.map(JSONDocument.unsigned)
      case .strings(let values): values.map(JSONDocument.string)
      }
    return .object([
      ("expression", .string(expression)), ("path", .string(path)),
      ("dtype", .string(elementType)), ("shape", .shape(shape)),
      ("values", ArrayValues.nested(leaves[...], shape[...])),
    ])
  }

  private static func nested(
    _ leaves: ArraySlice<JSONDocument>, _ shape: ArraySlice<Int>
  ) -> JSONDocument {
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
