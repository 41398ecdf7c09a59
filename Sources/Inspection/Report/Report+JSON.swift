import CheckpointStore
import Checkpoints
public import JSON
import ModelFiles

extension Report {
  /// The report as members of a JSON object.
  public var json: JSON.Object {
    [
      "file": file,
      "model": model.map(\.json) ?? .null,
      "optimizer": optimizer.map(\.json) ?? .null,
      "training": training.map(\.json) ?? .null,
      "schedule": schedule?.json ?? .null,
      "pictures": pictures?.json ?? .null,
      "resumable": .object([
        "value": .bool(resumability.isPossible), "reason": .string("\(resumability)"),
      ]),
      "problems": .array(problems.map(JSON.string)),
    ]
  }
}

extension Report {
  /// The kind and properties of the file.
  var file: JSON {
    var format: Int?
    if case .cairn(let version) = kind { format = version }
    return .object([
      "path": .string(path), "bytes": .integer(size), "kind": .string(kind.identifier),
      "format": .integer(format), "keras_version": .string(kerasVersion),
      "seal": .string(seal.identifier),
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
  fileprivate var json: JSON {
    .object([
      "name": .string(name), "class": .string(className), "input_shape": .shape(inputShape),
      "inputs": .array(
        inputs.map { .object(["name": .string($0.name), "shape": .shape($0.shape)]) }),
      "outputs": .array(outputNames.map(JSON.string)),
      "parameters": .integer(parameterCount), "bytes": .integer(byteCount),
      "flops": flops.map(JSON.integer) ?? .null,
      "layers": .array(layers.map(\.json)),
      "configuration_problem": .string(configurationProblem),
    ])
  }
}

extension LayerReport {
  fileprivate var json: JSON {
    .object([
      "name": .string(name), "class": .string(className),
      "output_shape": .shape(outputShape), "parameters": .integer(parameterCount),
      "bytes": .integer(byteCount), "flops": flops.map(JSON.integer) ?? .null,
      "path": .string(path),
      "variables": .array(variables.map(\.json)),
    ])
  }
}

extension VariableReport {
  fileprivate var json: JSON {
    .object([
      "name": .string(name), "path": .string(path), "shape": .shape(shape),
      "dtype": .string(elementType), "bytes": .integer(byteCount),
    ])
  }
}

extension OptimizerReport {
  fileprivate var json: JSON {
    .object([
      "class": .string(className), "parameters": .integer(parameterCount),
      "bytes": .integer(byteCount), "iteration": iteration.map(JSON.integer) ?? .null,
      "learning_rate": .number(learningRate),
      "schedule": schedule?.sortingKeys() ?? .null, "options": .object(options.sortingKeys()),
      "variables": .array(variables.map(\.json)),
    ])
  }
}

extension TrainingState {
  /// The state as JSON, with numbers in full precision.
  var json: JSON {
    // Most runs have none of these.
    let changes = changes.map { $0.json.sortingKeys() }
    let rare: JSON.Object = [
      "changes": changes.isEmpty ? nil : .array(changes),
      "metrics": metrics.isEmpty ? nil : metricsJSON,
      "values": values.isEmpty ? nil : .object(values.sortingKeys()),
    ]
    return .object(facts.merging(rare) { $1 })
  }

  private var metricsJSON: JSON {
    .object(
      JSON.Object(
        metrics.mapValues { variables in
          .object(JSON.Object(variables.mapValues { .array($0.map(JSON.number)) }))
        }))
  }

  private var facts: JSON.Object {
    [
      "epoch": .integer(epoch), "step_in_epoch": .integer(stepInEpoch),
      "global_step": .integer(globalStep), "seed": .integer(seed),
      "settings": .object(settings.sortingKeys()),
      "history": .object(JSON.Object(history.mapValues { .array($0.map(JSON.number)) })),
      "epoch_seconds": .array(epochSeconds.map(JSON.number)),
      "accumulators": .object([
        "loss_total": .number(accumulators.lossTotal),
        "loss_count": .number(accumulators.lossCount),
        "correct": .integer(accumulators.correct), "count": .integer(accumulators.count),
      ]),
      "data": .object([
        "sha256": .string(dataDigest), "iteration": .integer(dataPosition.iteration),
        "elements": .integer(dataPosition.elements),
      ]),
      "layer_seeds": .array(
        layerSeeds.map {
          .object(["seed": .integer($0.seed), "counter": .integer($0.counter)])
        }),
      "environment": environmentJSON,
    ]
  }
}

extension TrainingState {
  /// The facts that depend on the clock and the machine, and affect no result.
  private var environmentJSON: JSON {
    var facts = JSON.Object(environment.mapValues(JSON.string))
    if !runID.isEmpty { facts["run_id"] = .string(runID) }
    if let origin { facts["origin"] = origin.json }
    if let logPosition { facts["log_position"] = .integer(logPosition) }
    return .object(facts)
  }
}

extension RunOrigin {
  /// The identity of the file from which the run started.
  fileprivate var json: JSON {
    switch content {
    case .run(let id, let step):
      .object(["path": .string(path), "run_id": .string(id), "step": .integer(step)])
    case .weights(let digest): .object(["path": .string(path), "sha256": .string(digest)])
    }
  }
}
