public import JSON
import Preconditions
public import Tensors

/// Layer normalization: normalizes each example to mean 0 and variance 1 over some axes, then
/// scales and shifts it.
///
/// Source: J. Ba, J. Kiros, G. Hinton, *Layer Normalization*, 2016.
///
/// ```swift
/// let layer = LayerNormalization()
/// let x: Tensor = [[1, 3], [10, 30]]
/// let y = layer(x)  // about [[-1, 1], [-1, 1]]: each row by itself
/// ```
public final class LayerNormalization: BaseNormalization {
  /// The axes to normalize over, counted with the batch axis as 0, which is not allowed; negative
  /// values count from the end.
  public let axes: [Int]

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - axes: The axes to normalize over, counted with the batch axis as 0, which is not allowed;
  ///     negative values count from the end.
  ///   - epsilon: The small constant ε, added to the variance for numerical stability; at least 0.
  ///   - center: Whether to add the learned offset `beta` to each element.
  ///   - scale: Whether to multiply each element by the learned factor `gamma`.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    axes: [Int] = [-1], epsilon: Double = 1e-3, center: Bool = true, scale: Bool = true,
    name: String? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    require(!axes.isEmpty, "LayerNormalization: `axes` must not be empty.", file: file, line: line)
    self.axes = axes
    super.init(
      epsilon: epsilon, center: center, scale: scale, name: name, file: file, line: line)
  }

  /// The options that differ from Keras's defaults.
  public override var config: JSON.Object {
    var config = super.config
    if axes != [-1] { config["axis"] = .array(axes.map(JSON.integer)) }
    return config
  }

  /// The weights gamma and beta.
  public override func weightSpecifications(inputShape: Shape) throws(ShapeError)
    -> [WeightSpecification]
  {
    let rank = inputShape.count + 1
    let positions = positions(rank: rank)
    guard Set(positions).count == axes.count, positions.allSatisfy((1..<rank).contains) else {
      throw ShapeError(
        self, "normalizes the axes \(axes), which the input \(inputShape) has not")
    }
    return scaleAndOffset(Shape(positions.map { inputShape[$0 - 1] }))
  }

  /// The axes as non-negative indices, in the given order.
  private func positions(rank: Int) -> [Int] { axes.map { $0 < 0 ? $0 + rank : $0 } }

  /// Normalizes the input.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    let normalized = positions(rank: x.rank).sorted()
    // Keras creates gamma and beta with the axes in the given order, but uses them in ascending
    // order.
    let shape = Shape(normalized.map { x.shape[$0] })
    func ordered(_ value: Tensor?) -> Tensor? {
      value.map { $0.shape == shape ? $0 : $0.reshaped(shape) }
    }
    let (gamma, beta) = (ordered(gamma?.value), ordered(beta?.value))
    let order = x.shape.indices.filter { !normalized.contains($0) } + normalized
    guard order != Array(x.shape.indices) else {
      return x.layerNormalized(
        axes: axes.count, gamma: gamma, beta: beta, epsilon: Float(epsilon))
    }
    let back = x.shape.indices.map { axis in order.firstIndex(of: axis) ?? axis }
    return x.transposed(order)
      .layerNormalized(axes: axes.count, gamma: gamma, beta: beta, epsilon: Float(epsilon))
      .transposed(back)
  }
}

extension LayerNormalization: KerasLayer {
  /// The names of the variables.
  package static var variableNames: [String] { ["gamma", "beta"] }

  /// The options of initializers with Keras's defaults.
  package static var initializers: [String: String] {
    ["gamma_initializer": "ones", "beta_initializer": "zeros"]
  }

  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    // Deprecated in Keras: dividing by the deviation without subtracting the mean.
    try reader.require("rms_scaling", .bool(false))
    let axes = try reader.integers("axis", in: -8...8) ?? [-1]
    guard !axes.isEmpty else {
      throw reader.invalid("axis", "names no axis")
    }
    self.init(
      axes: axes, epsilon: try reader.number("epsilon", default: 1e-3, in: 0...),
      center: try reader.bool("center", default: true),
      scale: try reader.bool("scale", default: true), name: reader.name)
  }
}
