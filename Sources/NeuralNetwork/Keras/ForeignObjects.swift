package import JSON

/// Losses and metrics of a file that are not supported.
///
/// They are custom or unsupported functions and classes, and are kept to be written back, if they
/// are only names with plain options.
package struct ForeignObjects: Hashable, Sendable {
  /// The loss, or a list or dictionary of losses.
  package var loss: JSON?

  /// The weights of the losses.
  package var lossWeights: JSON?

  /// The metrics.
  package var metrics: [JSON] = []

  /// Descriptions of those that are not kept, with the reason.
  package var refused: [String] = []

  private static let reason =
    "which holds code, a module outside of Keras or what is no name"

  /// Keeps a loss.
  mutating func keepLoss(_ config: JSON?, weights: JSON?) {
    loss = config?.namedObject
    lossWeights = loss == nil ? nil : weights?.plainValue
    if loss == nil { refused.append("the loss, \(Self.reason)") }
  }

  /// Keeps a metric, unless it belongs to one of several outputs.
  mutating func keepMetric(_ config: JSON, isPart: Bool) {
    guard let metric = config.namedObject else { return refuse("a metric, \(Self.reason)") }
    if isPart {
      refuse("a metric of one of several outputs, which is not known here")
    } else {
      metrics.append(metric)
    }
  }

  private mutating func refuse(_ description: String) {
    if !refused.contains(description) { refused.append(description) }
  }

  /// The names of the functions and classes.
  package var names: [String] { ((loss.map { [$0] } ?? []) + metrics).flatMap(\.objectNames) }
}

extension JSON {
  /// The names of a function or class, or of those in a list or dictionary.
  fileprivate var objectNames: [String] {
    switch self {
    case .string(let name): [name]
    case .array(let elements): elements.flatMap(\.objectNames)
    case .object(let members):
      (functionName ?? self["class_name"]?.string).map { [$0] }
        ?? members.sorted { $0.key < $1.key }.flatMap { $0.value.objectNames }
    default: []
    }
  }

  /// The name of a function; `nil` for other objects.
  private var functionName: String? {
    self["class_name"] == .string("function") ? self["config"]?.string : nil
  }

  /// The object in a dialect: Keras 2 writes functions as names, and classes without modules.
  func written(_ dialect: KerasDialect) -> JSON {
    switch self {
    case .array(let elements): return .array(elements.map { $0.written(dialect) })
    case .object(let members):
      guard let className = self["class_name"] else {
        return .object(members.mapValues { $0.written(dialect) })
      }
      guard dialect != .archive else { return self }
      if let functionName { return .string(functionName) }
      // A registered class is found by its registered name.
      let registered = self["registered_name"]?.string.flatMap { $0.contains(">") ? $0 : nil }
      var config = self["config"]?.object ?? [:]
      if let policy = config["dtype"]?["config"]?["name"] { config["dtype"] = policy }
      return .object([
        "class_name": registered.map(JSON.string) ?? className, "config": .object(config),
      ])
    default: return self
    }
  }
}
