import JSON

extension Constraint {
  /// The constraint in the form of any Keras generation; `nil` if it is another one, or its options
  /// are not those of Keras.
  ///
  /// - Parameter json: A name, or an object with the class and its options.
  init?(keras json: JSON) {
    guard let name = json.string ?? json["class_name"]?.string else { return nil }
    func number(_ key: String, default value: Double) -> Double? {
      guard let option = json["config"]?[key], option != .null else { return value }
      return option.number.flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
    }
    var axes: [Int]? = [0]
    if let option = json["config"]?["axis"], option != .null {
      let found = option.integer.map { [$0] } ?? option.array?.compactMap(\.integer) ?? []
      axes = found.count == (option.array?.count ?? 1) ? found : nil
    }
    guard let axes else { return nil }
    switch name {
    case "NonNeg", "non_neg", "nonneg": self = .nonNegative
    case "UnitNorm", "unit_norm", "unitnorm": self = .unitNorm(axes: axes)
    case "MaxNorm", "max_norm", "maxnorm":
      guard let most = number("max_value", default: 2) else { return nil }
      self = .maxNorm(most, axes: axes)
    case "MinMaxNorm", "min_max_norm":
      guard let least = number("min_value", default: 0), let most = number("max_value", default: 1),
        let rate = number("rate", default: 1), least <= most, rate <= 1
      else { return nil }
      self = .minMaxNorm(minValue: least, maxValue: most, rate: rate, axes: axes)
    default: return nil
    }
  }

  /// The constraint in Keras's form.
  var kerasConfig: JSON {
    func axis(_ axes: [Int]) -> JSON {
      axes.count == 1 ? .integer(axes[0]) : .array(axes.map(JSON.integer))
    }
    let (name, config): (String, JSON.Object) =
      switch self {
      case .nonNegative: ("NonNeg", [:])
      case .unitNorm(let axes): ("UnitNorm", ["axis": axis(axes)])
      case .maxNorm(let most, let axes):
        ("MaxNorm", ["max_value": .number(most), "axis": axis(axes)])
      case .minMaxNorm(let least, let most, let rate, let axes):
        (
          "MinMaxNorm",
          [
            "min_value": .number(least), "max_value": .number(most), "rate": .number(rate),
            "axis": axis(axes),
          ]
        )
      }
    return .object(["class_name": .string(name), "config": .object(config)])
  }
}
