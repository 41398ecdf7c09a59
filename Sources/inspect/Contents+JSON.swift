import Checkpoints
import HDF5
import Inspection
import NeuralNetwork

extension Contents {
  /// Everything as one object, numbers not rounded.
  var json: JSON {
    var members = report.json
    if !objects.isEmpty { members["objects"] = .array(objects.map(json)) }
    if let slice {
      members["slice"] = .object([
        "expression": .string(slice.expression),
        "shape": .array(slice.values.shape.map(JSON.integer)),
        "values": .array(slice.values.values.map(JSON.finite)),
      ])
    }
    return .object(members)
  }

  private func json(_ object: ObjectReport) -> JSON {
    var members: [String: JSON] = [
      "path": .string(object.path), "kind": .string("\(object.kind)"),
      "attributes": .object(
        Dictionary(object.attributes.map { ($0.name, json($0.value)) }) { first, _ in first }),
    ]
    if let sameAs = object.sameAs { members["same_as"] = .string(sameAs) }
    if let problem = object.problem { members["problem"] = .string(problem) }
    if let dataset = object.dataset {
      members["shape"] = .array(dataset.shape.map(JSON.integer))
      members["type"] = .string("\(dataset.elementType)")
      members["layout"] = .string("\(dataset.layout)")
      members["filters"] = .array(dataset.filters.map { .string($0.name) })
      members["storage_size"] = .integer(dataset.storageSize)
      members["file_offset"] = dataset.fileOffset.map(JSON.integer) ?? .null
    }
    if let entry = statistics[object.path] {
      let numbers = entry.statistics
      let hasFinite = numbers.finiteCount > 0
      members["statistics"] = .object([
        "count": .integer(numbers.count), "nan": .integer(numbers.nanCount),
        "infinite": .integer(numbers.infinityCount), "zeros": .integer(numbers.zeroCount),
        "minimum": hasFinite ? .finite(numbers.minimum) : .null,
        "maximum": hasFinite ? .finite(numbers.maximum) : .null,
        "mean": hasFinite ? .finite(numbers.mean) : .null,
        "standard_deviation": hasFinite ? .finite(numbers.standardDeviation) : .null,
        "norm": hasFinite ? .finite(numbers.norm) : .null,
        "histogram": .array(entry.histogram.map(JSON.integer)),
      ])
    }
    return .object(members)
  }

  private func json(_ value: AttributeValue) -> JSON {
    switch value {
    case .string(let string): .string(string)
    case .strings(let strings): .array(strings.map(JSON.string))
    case .int(let number): .integer(Int(number))
    case .ints(let numbers): .array(numbers.map { .integer(Int($0)) })
    case .uint(let number): .unsigned(number)
    case .uints(let numbers): .array(numbers.map(JSON.unsigned))
    case .double(let number): .finite(number)
    case .doubles(let numbers): .array(numbers.map(JSON.finite))
    case .empty: .array([])
    case .other(let words): .string(words)
    }
  }
}

extension Report {
  /// The members of the JSON object that describes the file.
  fileprivate var json: [String: JSON] {
    var members: [String: JSON] = [
      "schema": .string("cairn.inspect/1"), "file": .string(path), "size": .integer(size),
      "kind": .string(kindName),
      "keras_version": kerasVersion.map(JSON.string) ?? .null,
    ]
    switch resumability {
    case .yes: members["resumable"] = .bool(true)
    case .no(let reason):
      members["resumable"] = .bool(false)
      members["not_resumable_because"] = .string(reason)
    }
    if case .cairn(let format) = kind { members["checkpoint_format"] = .integer(format) }
    if let model { members["model"] = json(model) }
    if let optimizer { members["optimizer"] = json(optimizer) }
    if let training { members["training"] = json(training) }
    return members
  }

  private var kindName: String {
    switch kind {
    case .cairn: "cairn_checkpoint"
    case .kerasWeights: "keras_weights"
    case .kerasModel: "keras_model"
    case .kerasLegacyWeights: "keras_legacy_weights"
    case .hdf5: "hdf5"
    }
  }

  private func json(_ model: ModelReport) -> JSON {
    .object([
      "name": model.name.map(JSON.string) ?? .null,
      "input_shape": model.inputShape.map { .array($0.map(JSON.integer)) } ?? .null,
      "parameters": .integer(model.parameterCount), "bytes": .integer(model.bytes),
      "configuration_problem": model.configurationProblem.map(JSON.string) ?? .null,
      "layers": .array(
        model.layers.map { layer in
          .object([
            "name": .string(layer.name), "class_name": layer.className.map(JSON.string) ?? .null,
            "output_shape": layer.outputShape.map { .array($0.map(JSON.integer)) } ?? .null,
            "parameters": .integer(layer.parameterCount), "bytes": .integer(layer.bytes),
            "variables": .array(layer.variables.map(json)),
          ])
        }),
    ])
  }

  private func json(_ variable: VariableReport) -> JSON {
    .object([
      "name": .string(variable.role), "path": .string(variable.path),
      "shape": .array(variable.shape.map(JSON.integer)), "type": .string(variable.elementType),
    ])
  }

  private func json(_ optimizer: OptimizerReport) -> JSON {
    .object([
      "class_name": optimizer.className.map(JSON.string) ?? .null,
      "options": .object(optimizer.options),
      "iteration": optimizer.iteration.map(JSON.integer) ?? .null,
      "learning_rate": optimizer.learningRate.map { .finite(Double($0)) } ?? .null,
      "parameters": .integer(optimizer.parameterCount), "bytes": .integer(optimizer.bytes),
      "variables": .array(optimizer.variables.map(json)),
    ])
  }

  private func json(_ training: TrainingState) -> JSON {
    .object([
      "epoch": .integer(training.epoch), "step_in_epoch": .integer(training.stepInEpoch),
      "global_step": .integer(training.globalStep), "seed": .unsigned(training.seed),
      "data_sha256": .string(training.dataDigest),
      "data_position": .object([
        "iteration": .integer(training.dataPosition.iteration),
        "elements": .integer(training.dataPosition.elements),
      ]),
      "settings": .object(training.settings),
      "history": .object(training.history.mapValues { .array($0.map(JSON.finite)) }),
      "environment": .object(training.environment.mapValues(JSON.string)),
      "epoch_seconds": .array(training.epochSeconds.map(JSON.finite)),
    ])
  }
}

extension JSON {
  /// A number; JSON has none that are infinite or not a number, so these become words.
  fileprivate static func finite(_ value: Double) -> JSON {
    value.isFinite
      ? .number(value) : .string(value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity")
  }

  /// A number that may be too large for a signed one; then its digits.
  fileprivate static func unsigned(_ value: UInt64) -> JSON {
    Int(exactly: value).map(JSON.integer) ?? .string("\(value)")
  }
}
