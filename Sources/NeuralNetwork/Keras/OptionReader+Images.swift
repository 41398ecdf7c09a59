import JSON
import Tensors

/// Options of image layers.
extension OptionReader {
  /// Reads margins: one number for all sides, `[rows, columns]`, or `[[top, bottom], [left,
  /// right]]`.
  ///
  /// - Parameters:
  ///   - key: The name of the option.
  ///   - fallback: The default.
  /// - Returns: The margins.
  /// - Throws: ``KerasError/option(layer:key:problem:)`` if the value is invalid.
  func margins(_ key: String, default fallback: Margins) throws(KerasError) -> Margins {
    guard let value = config[key]?.withoutNumPy else {
      return isOneDimensional ? Margins(left: fallback.left, right: fallback.right) : fallback
    }
    func pair(_ value: JSON) -> [Int]? {
      let sides =
        value.withoutNumPy.array.map { $0.map(\.integer) } ?? [value.integer, value.integer]
      let known = sides.compactMap { $0 }.filter { (0...Limit.window).contains($0) }
      return sides.count == 2 && known.count == 2 ? known : nil
    }
    if isOneDimensional {
      guard let steps = pair(value) else {
        throw invalid(
          key, "is not one or two whole numbers in 0...\(Limit.window), such as [left, right]",
          above: Limit.window)
      }
      return Margins(left: steps[0], right: steps[1])
    }
    let axes = value.array ?? [value, value]
    guard axes.count == 2, let rows = pair(axes[0]), let columns = pair(axes[1]) else {
      throw invalid(
        key,
        "is not made of whole numbers in 0...\(Limit.window), such as "
          + "[[top, bottom], [left, right]]", above: Limit.window)
    }
    return Margins(top: rows[0], bottom: rows[1], left: columns[0], right: columns[1])
  }

  /// Reads the `output_padding` of a transposed convolution, which must be less than the strides.
  func outputPadding(strides: Size2D) throws(KerasError) -> (height: Int, width: Int)? {
    guard let value = config["output_padding"]?.withoutNumPy else { return nil }
    guard let sides = sides(of: value, in: 0...Limit.window),
      sides.height < strides.height, sides.width < strides.width
    else {
      throw invalid(
        "output_padding",
        "is not \(wholeNumbers), at least 0 and less than the strides")
    }
    return sides
  }

  /// Reads the `dilation_rate` of a convolution, which must be 1 for strides above 1, as in Keras.
  func dilationRate(strides: Size2D) throws(KerasError) -> Size2D {
    let dilation = try size("dilation_rate", default: 1)
    guard strides == 1 || dilation == 1 else {
      throw invalid("dilation_rate", "cannot go together with strides over 1")
    }
    return dilation
  }

  /// Reads a `depth_multiplier`.
  func depthMultiplier() throws(KerasError) -> Int {
    guard config["depth_multiplier"] != nil else { return 1 }
    return try integer("depth_multiplier", atMost: Limit.channels)
  }

  /// Reads the number of `groups` of a convolution, which must divide the number of filters.
  func groups(filters: Int) throws(KerasError) -> Int {
    guard config["groups"] != nil else { return 1 }
    let groups = try integer("groups", atMost: Limit.channels)
    guard filters % groups == 0 else {
      throw invalid("groups", "is \(groups), which does not divide the filters")
    }
    return groups
  }

  /// Reads an `interpolation`.
  func interpolation(default fallback: Interpolation) throws(KerasError) -> Interpolation {
    guard let value = config["interpolation"] else { return fallback }
    guard let interpolation = value.string.flatMap(Interpolation.init) else {
      throw problem(
        "interpolation", "is \(value.text), which is not supported; nearest and bilinear are")
    }
    return interpolation
  }
}

extension Margins {
  /// The margins in Keras's form: `[[top, bottom], [left, right]]`.
  var json: JSON {
    .array([
      .array([.integer(top), .integer(bottom)]), .array([.integer(left), .integer(right)]),
    ])
  }
}
