public import JSON

/// Everything suspicious in a file: see ``Inspector/suspicions()``.
///
/// ```swift
/// let suspicions = try Inspector(opening: path).suspicions()
/// print("safe in Keras: \(suspicions.verdict)")  // yes
/// for suspicion in suspicions.list { print(suspicion.kind, suspicion) }
/// ```
public struct Suspicions: Sendable {
  /// The suspicious parts, those of the description first; each kind with at most 1,000 of them.
  public let list: [Suspicion]

  /// Whether Keras can open the file without running code from it, reading other files or
  /// exhausting memory, as far as this program knows.
  public var isSafeInKeras: Bool { danger == nil }

  /// The first dangerous part; `nil` if there is none.
  public var danger: Suspicion? { list.first(where: \.isDangerous) }

  /// The verdict in one line, without a label: `yes`, or `no, because …`.
  public var verdict: String {
    guard let danger else { return "yes" }
    let rest = list.count(where: \.isDangerous) - 1
    return "no, because \(danger)" + (rest > 0 ? " (and \(rest) more)" : "")
  }

  /// The largest number of suspicions of one kind in the list.
  private static let limit = 1000

  init(_ found: [Suspicion]) {
    var counts: [Suspicion.Kind: Int] = [:]
    list = found.filter { suspicion in
      counts[suspicion.kind, default: 0] += 1
      return counts[suspicion.kind, default: 0] <= Self.limit
    }
  }
}

extension Suspicions {
  /// The members `suspicious` and `safe_in_keras` of a JSON object.
  public var json: JSON.Object {
    [
      "suspicious": .array(
        list.map {
          .object([
            "kind": .string($0.kind.rawValue), "place": .string($0.place),
            "reason": .string($0.reason), "dangerous": .bool($0.isDangerous),
          ])
        }),
      "safe_in_keras": .object([
        "value": .bool(isSafeInKeras), "reason": .string(danger.map { "\($0)" }),
      ]),
    ]
  }
}
