import CheckpointStore
import Checkpoints
public import JSON

extension Verification {
  /// The verification as members of a JSON object.
  public var json: JSON.Object {
    var members = checks
    members["loading"] = loading.json
    let suspicious = suspicions?.json ?? ["suspicious": .null, "safe_in_keras": .null]
    return members.merging(suspicious) { $1 }
  }

  private var checks: JSON.Object {
    [
      "file": report?.file ?? .object(["path": .string(path)]), "good": .bool(isGood),
      "opening_problem": .string(openingProblem), "seal": seal.json,
      "structure": structure.map(\.json) ?? .null, "content": content.json,
      "non_finite": .array(nonFinite.map(\.json)),
      "contradictions": .array(contradictions.map(JSON.string)),
      "alternatives": .array(
        alternatives.map { .object(["path": .string($0.path), "step": .integer($0.step)]) }),
    ]
  }
}

extension LoadingVerdict {
  fileprivate var json: JSON {
    let (state, reason): (String, String?) =
      switch self {
      case .noModel: ("no_model", nil)
      case .loads: ("loads", nil)
      case .unsupported(let reason): ("unsupported", reason)
      case .refused(let reason): ("refused", reason)
      }
    return .object(["state": .string(state), "reason": .string(reason)])
  }
}

extension SealReport {
  fileprivate var json: JSON {
    var members: JSON.Object
    switch state {
    case .sealed(let step)?: members = ["state": .string("sealed"), "step": .integer(step)]
    case .broken(let reason)?:
      members = ["state": .string("broken"), "reason": .string(reason)]
    case .unsealed?, nil: members = ["state": .string("unsealed")]
    }
    let damage = damage.map { damage in
      JSON.object([
        "from": .integer(damage.range.lowerBound), "to": .integer(damage.range.upperBound),
        "datasets": .array(
          damage.datasets.map {
            .object(["path": .string($0.path), "name": .string($0.name)])
          }),
      ])
    }
    return .object(
      members.merging(["pieces": .integer(pieceCount), "damaged": .array(damage)]) { $1 })
  }
}

extension StructureReport {
  fileprivate var json: JSON {
    func list(_ entries: [(path: String, reason: String)]) -> JSON {
      .array(
        entries.map { .object(["path": .string($0.path), "reason": .string($0.reason)]) })
    }
    return .object([
      "objects": .integer(objectCount), "datasets": .integer(datasetCount),
      "problems": list(problems), "not_read": list(skipped),
    ])
  }
}

extension ContentReport {
  fileprivate var json: JSON {
    .object([
      "has_digests": .bool(hasDigests), "good": .integer(goodCount),
      "wrong": .array(
        wrong.map {
          .object([
            "path": .string($0.path), "name": .string($0.name),
            "reason": .string($0.reason),
          ])
        }),
    ])
  }
}

extension NonFiniteTensor {
  fileprivate var json: JSON {
    .object([
      "name": .string(name), "path": .string(path), "nan": .integer(nanCount),
      "infinite": .integer(infinityCount), "first_index": .shape(index),
    ])
  }
}
