import Files
public import JSON

extension Prediction {
  /// Everything except the pixels, as a JSON object.
  public var json: JSON { json(label: nil) }

  /// Everything except the pixels, as a JSON object.
  ///
  /// - Parameter label: The true class; `nil` if it is not known.
  /// - Returns: The object.
  public func json(label: Int?) -> JSON {
    .object([
      "file": .string(PathText.printable(file)),
      isDigit ? "digit" : "class": .integer(self.label),
      "class_name": name(of: self.label).map(JSON.string),
      "confidence": .shortest(confidence),
      "expected": label.map(JSON.integer),
      "probabilities": .array(probabilities.map(JSON.shortest)),
      "rejected": mayReject ? .bool(rejection != nil) : nil,
      "reason": rejection.map { .string($0.reason.rawValue) },
      "score": score.map(JSON.number),
      "preprocessing": preprocessing.json,
    ])
  }
}

extension Prediction {
  /// Whether pictures without an answer are possible.
  private var mayReject: Bool { rejectedClass != nil || score != nil || rejection != nil }
}

extension Preprocessing {
  /// The decisions that were made, as a JSON object.
  fileprivate var json: JSON {
    .object([
      "mode": .string(mode.rawValue),
      "source_width": .integer(sourceWidth),
      "source_height": .integer(sourceHeight),
      "orientation": orientation.map(JSON.integer),
      "reduced_by": reducedBy.map(JSON.integer),
      "colour_weights": colourWeights.map {
        .object(["red": .integer($0.red), "green": .integer($0.green), "blue": .integer($0.blue)])
      },
      "inverted": .bool(inverted),
      "inversion_reason": .string(inversionReason.rawValue),
      "background": (background?.rawValue).map(JSON.string),
      "paper_level": paperLevel.map(JSON.shortest),
      "contrast": contrast.map(JSON.shortest),
      "ink_threshold": inkThreshold.map(JSON.shortest),
      "removed_lines": removedLines.map(JSON.bool),
      "pieces": pieces.map(JSON.integer),
      "crop_box": cropBox.map(\.json),
      "fit": fit.map(JSON.string),
      "scale": scale.map(JSON.shortest),
      "centre_of_mass": centreOfMass.map { .object(["x": .shortest($0.x), "y": .shortest($0.y)]) },
      "shift": shift.map { .object(["x": .integer($0.x), "y": .integer($0.y)]) },
      "input_range": (inputRange?.rawValue).map(JSON.string),
      "input_range_reason": (inputRangeReason?.rawValue).map(JSON.string),
      "output": (output?.rawValue).map(JSON.string),
      "candidates": candidates.isEmpty ? nil : .array(candidates.map(\.json)),
      "assumed": assumptions.isEmpty
        ? nil : .array(assumptions.map { JSON.string($0.name) }),
    ])
  }
}

extension Preprocessing.Box {
  /// The box as a JSON object.
  var json: JSON {
    .object([
      "x": .integer(x), "y": .integer(y), "width": .integer(width), "height": .integer(height),
    ])
  }
}

extension JSON {
  /// A number without a fraction if it is whole.
  fileprivate static func shortest(_ value: Double) -> JSON {
    Int(exactly: value).map(JSON.integer) ?? .number(value)
  }

  /// The number with as many digits as a float needs, without a fraction if it is whole.
  fileprivate static func shortest(_ value: Float) -> JSON {
    Int(exactly: value).map(JSON.integer) ?? .number(value)
  }
}
