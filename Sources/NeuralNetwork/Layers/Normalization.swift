public import JSON
import Preconditions
public import Tensors

/// Normalizes its input with a fixed mean and variance, given or computed by
/// ``adapt(_:file:line:)``.
///
/// The output is (x − mean) / max(√variance, 1e-7), as in Keras.
///
/// ```swift
/// let layer = Normalization()
/// layer.adapt(measured)  // mean [2, 200] and variance [1, 10000] of the columns
/// let y = layer(measured)  // [[-1, -1], [1, 1]]
/// ```
public final class Normalization: Layer {
  /// The axes with a separate mean and variance for each index, counted with the batch axis as 0.
  public let axes: [Int]

  /// The given mean, if any.
  public let mean: Coefficients?

  /// The given variance, if any.
  public let variance: Coefficients?

  /// Whether to invert the operation: multiply by the standard deviation and add the mean.
  public let invert: Bool

  /// Creates a layer that gets its mean and variance from ``adapt(_:file:line:)``.
  ///
  /// - Parameters:
  ///   - axes: The axes with a separate mean and variance for each index, counted with the batch
  ///     axis as 0, which is not allowed; an empty array uses one mean and variance for all
  ///     elements (Keras's `None`).
  ///   - invert: Whether to invert the operation: multiply by the standard deviation and add the
  ///     mean.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  public init(axes: [Int] = [-1], invert: Bool = false, name: String? = nil) {
    self.axes = axes
    self.mean = nil
    self.variance = nil
    self.invert = invert
    super.init(name: name)
  }

  /// Creates a layer with a given mean and variance.
  ///
  /// - Parameters:
  ///   - axes: The axes with a separate mean and variance for each index, counted with the batch
  ///     axis as 0; an empty array uses one mean and variance for all elements (Keras's `None`).
  ///   - mean: The mean, for each index of the last of the axes, or for all elements.
  ///   - variance: The variance, in the form of the mean; at least 0.
  ///   - invert: Whether to invert the operation: multiply by the standard deviation and add the
  ///     mean.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    axes: [Int] = [-1], mean: Coefficients, variance: Coefficients, invert: Bool = false,
    name: String? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    require(
      mean.values.count == variance.values.count,
      """
      Normalization: `mean` and `variance` must have the same number of values, but have \
      \(mean.values.count) and \(variance.values.count).
      """, file: file, line: line)
    require(
      mean.values.allSatisfy(\.isFinite)
        && variance.values.allSatisfy { $0 >= 0 && $0.isFinite },
      """
      Normalization: `mean` must be finite and `variance` at least 0, but they are \(mean.values) \
      and \(variance.values).
      """, file: file, line: line)
    (self.axes, self.mean, self.variance, self.invert) = (axes, mean, variance, invert)
    super.init(name: name)
  }

  /// The options that differ from Keras's defaults.
  public override var config: JSON.Object {
    var config: JSON.Object = [:]
    if axes != [-1] { config["axis"] = axes.isEmpty ? .null : .array(axes.map(JSON.integer)) }
    if let mean, let variance {
      config["mean"] = mean.json
      config["variance"] = variance.json
    }
    if invert { config["invert"] = .bool(true) }
    return config
  }

  /// The mean, the variance and Keras's unused count, all non-trainable; none if mean and variance
  /// are given.
  public override func weightSpecifications(inputShape: Shape) throws(ShapeError)
    -> [WeightSpecification]
  {
    let kept = try keptAxes(inputShape)
    if let channels = mean?.channels, kept.last.map({ inputShape[$0 - 1] }) != channels {
      throw ShapeError(self, "has \(channels) means, which do not fit the input \(inputShape)")
    }
    guard mean == nil else { return [] }
    let shape = Shape(kept.map { inputShape[$0 - 1] })
    return [
      WeightSpecification("mean", shape: shape, initializer: .zeros, isTrainable: false),
      WeightSpecification("variance", shape: shape, initializer: .ones, isTrainable: false),
      WeightSpecification(
        "count", shape: [], initializer: .zeros, isTrainable: false, isInteger: true),
    ]
  }

  /// The axes with a separate mean for each index, as non-negative indices in ascending order.
  private func keptAxes(_ inputShape: Shape) throws(ShapeError) -> [Int] {
    let rank = inputShape.count + 1
    let kept = Set(axes.map { $0 < 0 ? $0 + rank : $0 }).sorted()
    guard kept.count == axes.count, kept.allSatisfy((1..<rank).contains) else {
      throw ShapeError(self, "keeps the axes \(axes), which do not fit the input \(inputShape)")
    }
    return kept
  }

  /// Computes the mean and variance of all examples.
  ///
  /// - Parameters:
  ///   - data: The examples; their first axis is the batch.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Precondition: The layer has no given mean and variance, and supports the input shape.
  public func adapt(_ data: Tensor, file: StaticString = #fileID, line: UInt = #line) {
    require(
      mean == nil, "The layer '\(name)' was given `mean` and `variance`, so it cannot be adapted.",
      file: file, line: line)
    let inputShape = Shape(data.shape.dropFirst())
    build(inputShape: inputShape)
    guard let kept = try? keptAxes(inputShape) else { return }  // else it could not be built
    let reduced = data.shape.indices.filter { !kept.contains($0) }
    let mean = data.mean(axes: reduced, keepDimensions: true)
    let distance = data - mean
    weights[0].value = mean.reshaped(weights[0].shape)
    weights[1].value = (distance * distance).mean(axes: reduced)
  }

  /// Normalizes the input, or inverts the normalization.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    guard let kept = try? keptAxes(Shape(x.shape.dropFirst())) else {
      fail("The layer '\(name)' cannot take a tensor of shape \(x.shape).")
    }
    let row = Shape(x.shape.indices.map { kept.contains($0) ? x.shape[$0] : 1 })
    func broadcast(_ given: Coefficients?, _ index: Int) -> Tensor {
      guard let given else { return weights[index].value.reshaped(row) }
      // A list has one value for each index of the last axis.
      let axis = kept.last ?? 0
      let shape = Shape(row.indices.map { $0 == axis ? given.values.count : 1 })
      return Tensor(given.values.map { Float($0) }, shape: shape).broadcast(to: row)
    }
    let mean = broadcast(mean, 0)
    let deviation = Tensor(
      broadcast(variance, 1).scalars.map { max($0.squareRoot(), 1e-7) }, shape: row)
    return invert ? mean + x * deviation : (x - mean) / deviation
  }

  /// Whether the layer passes a mask on: it does.
  public override var supportsMasking: Bool { true }
}

extension Normalization: KerasLayer {
  /// The names of the variables.
  package static var variableNames: [String] { ["mean", "variance", "count"] }

  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    // `axis: null` means no axes; a missing `axis` means the default.
    var axes = try reader.integers("axis", in: -8...8) ?? [-1]
    if reader.config.members["axis"] == .null { axes = [] }
    let invert = try reader.bool("invert", default: false)
    let mean = try reader.coefficients("mean")
    let variance = try reader.coefficients("variance")
    guard let mean, let variance else {
      guard mean == nil && variance == nil else {
        throw reader.invalid(mean == nil ? "mean" : "variance", "is missing")
      }
      self.init(axes: axes, invert: invert, name: reader.name)
      return
    }
    guard mean.values.count == variance.values.count, variance.values.allSatisfy({ $0 >= 0 })
    else {
      throw reader.invalid("variance", "is not as many numbers of at least 0 as there are means")
    }
    self.init(axes: axes, mean: mean, variance: variance, invert: invert, name: reader.name)
  }
}
