import CheckpointStore
import Checkpoints
public import JSON

extension Report {
  /// The report as members of a JSON object.
  public var json: [(key: String, value: JSONDocument)] {
    [
      ("file", file),
      ("model", model.map(\.json) ?? .null),
      ("optimizer", optimizer.map(\.json) ?? .null),
      ("training", training.map(\.json) ?? .null),
      (
        "resumable",
        .object([
          ("value", .bool(resumability.isPossible)), ("reason", .string("\(resumability)")),
        ])
      ),
      ("problems", .array(problems.map(JSONDocument.string))),
    ]
  }
}

extension Report {
  /// The kind and properties of the file.
  var file: JSONDocument {
    var format: Int?
    if case .cairn(let version) = kind { format = version }
    return .object([
      ("path", .string(path)), ("bytes", .integer(size)), ("kind", .string(kind.identifier)),
      ("format", .integer(format)), ("keras_version", .string(kerasVersion)),
      ("seal", .string(seal.identifier)),
    ])
  }
}

extension SealState {
  /// A stable identifier for use in JSON.
  fileprivate var identifier: String {
    switch self {
    case .sealed: "sealed"
    case .unsealed: "unsealed"
    case .broken: "broken"
    }
  }
}

extension ModelReport {
  fileprivate var json: JSONDocument {
    .object([
      ("name", .string(name)), ("class", .string(className)), ("input_shape", .shape(inputShape)),
      ("parameters", .integer(parameterCount)), ("bytes", .integer(byteCount)),
      ("layers", .array(layers.map(\.json))),
      ("configuration_problem", .string(configurationProblem)),
    ])
  }
}

extension LayerReport {
  fileprivate var json: JSONDocument {
    .object([
      ("name", .string(name)), ("class", .string(className)),
      ("output_shape", .shape(outputShape)), ("parameters", .integer(parameterCount)),
      ("bytes", .integer(byteCount)), ("path", .string(path)),
      ("variables", .array(variables.map(\.json))),
    ])
  }
}

extension VariableReport {
  fileprivate var json: JSONDocument {
    .object([
      ("name", .string(name)), ("path", .string(path)), ("shape", .shape(shape)),
      ("dtype", .string(elementType)), ("bytes", .integer(byteCount)),
    ])
  }
}

extension OptimizerReport {
  fileprivate var json: JSONDocument {
    .object([
      ("class", .string(className)), ("parameters", .integer(parameterCount)),
      ("bytes", .integer(byteCount)), ("iteration", iteration.map(JSONDocument.integer) ?? .null),
      ("learning_rate", .number(learningRate)), ("options", .object(options)),
      ("variables", .array(variables.map(\.json))),
    ])
  }
}

extension TrainingState {
  /// The state as JSON, with numbers in full precision.
  var json: JSONDocument {
    // Most runs have no changes.
    let changes = changes.isEmpty ? [] : [("changes", JSONDocument(.array(changes.map(\.json))))]
    return .object(facts + changes)
  }

  private var facts: [(String, JSONDocument)] {
    [
      ("epoch", .integer(epoch)), ("step_in_epoch", .integer(stepInEpoch)),
      ("global_step", .integer(globalStep)), ("seed", .unsigned(seed)),
      ("settings", .object(settings)),
      (
        "history",
        .object(
          history.sorted { $0.key < $1.key }.map { name, values in
            (name, .array(values.map(JSONDocument.number)))
          })
      ),
      ("epoch_seconds", .array(epochSeconds.map(JSONDocument.number))),
      (
        "accumulators",
        .object([
          ("loss_total", .number(accumulators.lossTotal)),
          ("loss_count", .number(accumulators.lossCount)),
          ("correct", .integer(accumulators.correct)), ("count", .integer(accumulators.count)),
        ])
      ),
      (
        "data",
        .object([
          ("sha256", .string(dataDigest)), ("iteration", .integer(dataPosition.iteration)),
          ("elements", .integer(dataPosition.elements)),
        ])
      ),
      (
        "layer_seeds",
        .array(
          layerSeeds.map {
            .object([("seed", .unsigned($0.seed)), ("counter", .unsigned($0.counter))])
          })
      ),
      ("environment", environmentJSON),
    ]
  }
}

extension TrainingState {
  /// The facts that depend on the clock and the machine, and affect no result.
  private var environmentJSON: JSONDocument {
    var facts: [(String, JSONDocument)] = environment.sorted { $0.key < $1.key }
      .map { ($0.key, .string($0.value)) }
    if !runID.isEmpty { facts.append(("run_id", .string(runID))) }
    if let origin { facts.append(("origin", origin.json)) }
    if let logPosition { facts.append(("log_position", .integer(logPosition))) }
    return .object(facts)
  }
}

extension RunOrigin {
  /// The identity of the file from which the run started.
  fileprivate var json: JSONDocument {
    switch content {
    case .run(let id, let step):
      .object([("path", .string(path)), ("run_id", .string(id)), ("step", .integer(step))])
    case .weights(let digest): .object([("path", .string(path)), ("sha256", .string(digest))])
    }
  }
}
