extension AugmentationRecipe: CustomStringConvertible {
  /// The names of the operations, in the order in which they are written.
  static let operations = [
    "shift", "rotate", "zoom", "shear", "flip", "elastic", "thickness", "lines", "cut", "coarse",
    "blur", "contrast", "noise", "erase",
  ]

  /// Reads a recipe.
  ///
  /// `elastic` alone is `elastic=34:4` (α and σ); `lines`, `cut` and `erase` alone have the
  /// probability 0.5.
  ///
  /// - Parameter text: Operations separated by commas, in any order, such as
  ///   `shift=2,rotate=10,zoom=0.1,shear=5,flip,elastic,blur=0.5,noise=0.05,erase`; or `none`.
  /// - Throws: ``AugmentationError`` with the first wrong part.
  public init(parsing text: String) throws(AugmentationError) {
    var values: [String: String?] = [:]
    let parts = text == "none" ? [] : text.split(separator: ",", omittingEmptySubsequences: false)
    for part in parts {
      guard !part.isEmpty else { throw .emptyPart }
      let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let operation = String(sides[0])
      guard Self.operations.contains(operation) else { throw .unknownOperation(operation) }
      guard values[operation] == nil else { throw .repeatedOperation(operation) }
      values[operation] = .some(sides.count == 2 ? String(sides[1]) : nil)
    }
    /// The value of an operation: `nil` if it is missing, and `fallback` if only its name is there.
    func value(
      _ operation: String, _ fallback: Double?, in range: ClosedRange<Double>, _ unit: String,
      isWhole: Bool = false
    ) throws(AugmentationError) -> Double? {
      guard let text = values[operation] else { return nil }
      guard let text else {
        guard let fallback else { throw .missingValue(operation: operation) }
        return fallback
      }
      guard let value = Self.decimal(text), range.contains(value),
        !isWhole || value == value.rounded()
      else {
        throw .invalidValue(
          operation: operation, value: text,
          expected: "a \(isWhole ? "whole number" : "number")\(unit) from "
            + "\(Self.text(range.lowerBound)) to \(Self.text(range.upperBound))")
      }
      return value
    }
    let pixels = 0...Double(Limit.shift.upperBound)
    let shift = try value("shift", nil, in: pixels, " of pixels", isWhole: true)
    let rotate = try value("rotate", nil, in: Limit.rotate, " of degrees")
    let zoom = try value("zoom", nil, in: Limit.zoom, "")
    let shear = try value("shear", nil, in: Limit.shear, " of degrees")
    if let text = values["flip"], let text {
      throw .unexpectedValue(operation: "flip", value: text)
    }
    var elastic: Elastic?
    if let text = values["elastic"] { elastic = try Self.elastic(text) }
    let thickness = try value("thickness", nil, in: Limit.thickness, " of pixels")
    let lines = try value("lines", Self.defaultProbability, in: Limit.probability, "")
    let cut = try value("cut", Self.defaultProbability, in: Limit.probability, "")
    let coarse = try value("coarse", nil, in: Limit.coarse, "")
    let blur = try value("blur", nil, in: Limit.blur, " of pixels")
    let contrast = try value("contrast", nil, in: Limit.contrast, "")
    let noise = try value("noise", nil, in: Limit.noise, "")
    let erase = try value("erase", Self.defaultProbability, in: Limit.probability, "")
    self.init(
      shift: Int(shift ?? 0), rotate: rotate ?? 0, zoom: zoom ?? 0, shear: shear ?? 0,
      flip: values["flip"] != nil, elastic: elastic, thickness: thickness ?? 0, lines: lines ?? 0,
      cut: cut ?? 0, coarse: coarse ?? 1, blur: blur ?? 0, contrast: contrast ?? 0,
      noise: noise ?? 0, erase: erase ?? 0)
  }

  private static func elastic(_ text: String?) throws(AugmentationError) -> Elastic {
    guard let text else { return Elastic() }
    let numbers = text.split(separator: ":", omittingEmptySubsequences: false)
      .map { decimal(String($0)) }
    guard numbers.count == 2, let alpha = numbers[0], let sigma = numbers[1],
      Limit.alpha.contains(alpha), Limit.sigma.contains(sigma)
    else {
      throw .invalidValue(
        operation: "elastic", value: text,
        expected: "two numbers such as 34:4, α from 0 to 10000 and σ from 0.5 to 64")
    }
    return Elastic(alpha: alpha, sigma: sigma)
  }

  /// Reads a number in plain decimal notation, without sign.
  private static func decimal(_ text: String) -> Double? {
    guard text.utf8.first.map({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) == true,
      text.utf8.allSatisfy({
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || ".e-".utf8.contains($0)
      })
    else { return nil }
    return Double(text).map { $0 + 0 }
  }

  /// The recipe as text, which ``init(parsing:)`` reads; `none` if it changes nothing.
  public var description: String {
    var parts: [String] = []
    func add(_ name: String, _ value: Double) {
      if value > 0 { parts.append("\(name)=\(Self.text(value))") }
    }
    add("shift", Double(shift))
    add("rotate", rotate)
    add("zoom", zoom)
    add("shear", shear)
    if flip { parts.append("flip") }
    if let elastic {
      parts.append(
        elastic == Elastic()
          ? "elastic" : "elastic=\(Self.text(elastic.alpha)):\(Self.text(elastic.sigma))")
    }
    func addProbability(_ name: String, _ value: Double) {
      if value == Self.defaultProbability { parts.append(name) } else { add(name, value) }
    }
    add("thickness", thickness)
    addProbability("lines", lines)
    addProbability("cut", cut)
    if coarse > 1 { add("coarse", coarse) }
    add("blur", blur)
    add("contrast", contrast)
    add("noise", noise)
    addProbability("erase", erase)
    return parts.isEmpty ? "none" : parts.joined(separator: ",")
  }
}
