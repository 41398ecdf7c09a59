import Datasets
import JSON

extension Recipe {
  /// A value of a recipe in the settings of a checkpoint.
  struct Field: Sendable {
    /// The name in checkpoints.
    let name: String

    /// The value of a recipe, if it is not `nil`.
    let json: @Sendable (Recipe) -> JSON?

    /// Sets the value, and returns whether it is valid.
    let read: @Sendable (JSON, inout Recipe) -> Bool

    fileprivate init<Value: Sendable>(
      _ name: String, _ path: any WritableKeyPath<Recipe, Value?> & Sendable,
      json: @escaping @Sendable (Value) -> JSON, value: @escaping @Sendable (JSON) -> Value?
    ) {
      self.name = name
      self.json = { $0[keyPath: path].map(json) }
      read = { json, recipe in
        guard let value = value(json) else { return false }
        recipe[keyPath: path] = value
        return true
      }
    }
  }

  /// All values.
  static let fields: [Field] = [
    Field("lr_schedule", \.schedule, json: { .string($0.rawValue) }) {
      $0.string.flatMap(RateSchedule.init)
    },
    Field("lr_schedule_epochs", \.scheduleEpochs, json: JSON.integer) { count($0, in: epochs) },
    Field("warmup", \.warmup, json: { .string($0.description) }) {
      $0.string.flatMap(Warmup.init)
    },
    Field("augment", \.augmentation, json: { .string($0.description) }) {
      $0.string.flatMap { try? AugmentationRecipe(parsing: $0) }
    },
    Field("freeze", \.frozen, json: { .array($0.map(JSON.string)) }) { json in
      let patterns = json.array?.map(\.string)
      return patterns?.contains(nil) == false ? patterns?.compactMap(\.self) : nil
    },
    Field("label_smoothing", \.labelSmoothing, json: JSON.number) { number($0, in: 0..<1) },
    Field("class_weights", \.classWeights, json: \.json, value: ClassWeights.init(json:)),
    Field("val_split", \.validation, json: \.json, value: ValidationSplit.init(json:)),
    Field("monitor", \.monitor, json: { .string($0.rawValue) }) {
      $0.string.flatMap(Monitor.init)
    },
    Field("patience", \.patience, json: JSON.integer) { count($0, in: epochs) },
    Field("min_delta", \.minDelta, json: JSON.number) { number($0, in: 0..<1e30) },
    Field("restore_best", \.restoresBest, json: JSON.bool, value: \.truth),
    Field("calibrate", \.calibrates, json: JSON.bool, value: \.truth),
    Field("reject_rate", \.rejectRate, json: JSON.number) { number($0, in: 0..<1) },
    Field("reject_class", \.rejectedClass, json: JSON.string, value: \.string),
    Field("reduce_lr_on_plateau", \.plateau, json: \.json, value: PlateauReduction.init(json:)),
  ]

  /// The values by name, in the form of checkpoints.
  var json: JSON.Object {
    var json: JSON.Object = [:]
    for field in Recipe.fields { json[field.name] = field.json(self) }
    return json
  }

  /// Reads the values of a checkpoint or file.
  ///
  /// - Parameters:
  ///   - json: Values by name; names that no field has are ignored.
  ///   - invalid: The error for the name of an invalid value.
  /// - Throws: That error.
  init<Failure: Error>(
    _ json: JSON.Object, invalid: (String) -> Failure
  ) throws(Failure) {
    self.init()
    for field in Recipe.fields {
      guard let value = json[field.name] else { continue }
      guard field.read(value, &self) else { throw invalid(field.name) }
    }
  }

  private static let epochs = 1...1_000_000

  private static func count(_ json: JSON, in range: ClosedRange<Int>) -> Int? {
    json.integer.flatMap { range.contains($0) ? $0 : nil }
  }

  private static func number(_ json: JSON, in range: Range<Double>) -> Double? {
    json.number.flatMap { range.contains($0) ? $0 : nil }
  }
}
