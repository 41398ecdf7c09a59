public import JSON
import Preconditions
public import Tensors

/// Group normalization: normalizes groups of channels of each example to mean 0 and variance 1,
/// then scales and shifts each channel.
///
/// Source: Y. Wu, K. He, *Group Normalization*, ECCV 2018.
///
/// ```swift
/// let layer = GroupNormalization(groups: 8)
/// let y = layer(Tensor(zeros: [2, 14, 14, 32]))  // [2, 14, 14, 32]; 4 channels in each group
/// ```
public final class GroupNormalization: BaseNormalization {
  /// The number of groups; -1 makes each channel a group (instance normalization).
  public let groups: Int

  /// The axis of the channels, counted with the batch axis as 0, which is not allowed; negative
  /// values count from the end.
  public let axis: Int

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - groups: The number of groups, which must divide the number of channels; -1 makes each
  ///     channel a group (instance normalization).
  ///   - axis: The axis of the channels, counted with the batch axis as 0, which is not allowed;
  ///     negative values count from the end.
  ///   - epsilon: The small constant ε, added to the variance for numerical stability; at least 0.
  ///   - center: Whether to add the learned offset `beta` to each channel.
  ///   - scale: Whether to multiply each channel by the learned factor `gamma`.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    groups: Int = 32, axis: Int = -1, epsilon: Double = 1e-3, center: Bool = true,
    scale: Bool = true, name: String? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    require(
      groups > 0 || groups == -1, "`groups` must be at least 1 or -1, but is \(groups).",
      file: file, line: line)
    (self.groups, self.axis) = (groups, axis)
    super.init(
      epsilon: epsilon, center: center, scale: scale, name: name, file: file, line: line)
  }

  /// The options that differ from Keras's defaults.
  public override var config: JSON.Object {
    var config = super.config
    if groups != 32 { config["groups"] = .integer(groups) }
    if axis != -1 { config["axis"] = .integer(axis) }
    return config
  }

  /// The weights gamma and beta, with an element for each channel.
  public override func weightSpecifications(inputShape: Shape) throws(ShapeError)
    -> [WeightSpecification]
  {
    let position = position(rank: inputShape.count + 1)
    guard (1..<inputShape.count + 1).contains(position) else {
      throw ShapeError(self, "has the axis \(axis), which the input \(inputShape) has not")
    }
    let channels = inputShape[position - 1]
    guard channels % groupCount(channels) == 0 else {
      throw ShapeError(
        self, "has \(groups) groups, which do not divide the \(channels) channels of its input")
    }
    return scaleAndOffset([channels])
  }

  /// The axis as a non-negative index.
  private func position(rank: Int) -> Int { axis < 0 ? axis + rank : axis }

  /// The number of groups for a number of channels.
  package func groupCount(_ channels: Int) -> Int { groups == -1 ? channels : groups }

  /// Normalizes the input.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    let position = position(rank: x.rank)
    let (channels, shape) = (x.shape[position], x.shape)
    let groups = groupCount(channels)
    // [batch, …, groups, channels of a group, …], and the groups after the batch.
    let split = Shape(shape[..<position] + [groups, channels / groups] + shape[(position + 1)...])
    let order = [0, position] + split.indices.filter { $0 != 0 && $0 != position }
    let isOrdered = position == 1
    let grouped = isOrdered ? x.reshaped(split) : x.reshaped(split).transposed(order)
    let elements = Swift.max(shape.dropFirst().reduce(1, *) / groups, 1)
    let normalized = grouped.reshaped([shape[0], groups, elements])
      .layerNormalized(gamma: nil, beta: nil, epsilon: Float(epsilon)).reshaped(grouped.shape)
    let back = order.indices.map { axis in order.firstIndex(of: axis) ?? axis }
    var y = (isOrdered ? normalized : normalized.transposed(back)).reshaped(shape)
    let row = Shape([channels] + Array(repeating: 1, count: x.rank - position - 1))
    if let gamma { y = y * gamma.value.reshaped(row) }
    if let beta { y = y + beta.value.reshaped(row) }
    return y
  }
}

extension GroupNormalization: KerasLayer {
  /// The names of the variables.
  package static var variableNames: [String] { ["gamma", "beta"] }

  /// The options of initializers with Keras's defaults.
  package static var initializers: [String: String] {
    ["gamma_initializer": "ones", "beta_initializer": "zeros"]
  }

  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    let limit = OptionReader.Limit.units
    let groups = try reader.integers("groups", in: -1...limit) ?? [32]
    guard groups.count == 1, groups[0] != 0 else {
      throw reader.invalid("groups", "is neither a whole number in 1...\(limit) nor -1")
    }
    self.init(
      groups: groups[0], axis: try reader.axis(),
      epsilon: try reader.number("epsilon", default: 1e-3, in: 0...),
      center: try reader.bool("center", default: true),
      scale: try reader.bool("scale", default: true), name: reader.name)
  }
}
