import Tensors

/// A value as a layer sees it: `Permute` may give a value another meaning without a node.
struct ValueForm: Hashable {
  private let name: String
  private let layout: Value.Layout

  init(_ value: Value) { (name, layout) = (value.name, value.layout) }
}

/// Changes of the order of axes: few, because values keep their layout from layer to layer.
extension GraphBuilder {
  /// The value with channels last; adds a `Transpose` unless it has them, or has been transposed.
  func channelsLast(_ x: Value) -> Value { transposed(x, to: .channelsLast) }

  /// The image or sequence with channels first; adds a `Transpose` unless it has them, or has been
  /// transposed.
  func channelsFirst(_ x: Value) -> Value { transposed(x, to: .channelsFirst) }

  private func transposed(_ x: Value, to layout: Value.Layout) -> Value {
    guard x.layout != layout else { return x }
    if let known = transposed[ValueForm(x)] { return known }
    let axes = Value.Layout.channelsFirst.axes(rank: x.shape.count + 1)
    let order = layout == .channelsFirst ? axes : axes.indices.map { axes.firstIndex(of: $0) ?? 0 }
    let y = add(
      "Transpose", [x.name], [AttributeProto("perm", .integers(order))], shape: x.shape,
      layout: layout)
    (transposed[ValueForm(x)], transposed[ValueForm(y)]) = (y, x)
    return y
  }

  /// The value with its elements in the order of Cairn, if their axes do not matter.
  func inOrder(_ x: Value) -> Value {
    let isUnchanged =
      x.layout == .channelsFirst
      && (x.shape.last == 1 || x.shape.dropLast().allSatisfy { $0 == 1 })
    return isUnchanged ? x : channelsLast(x)
  }

  /// Values of equal rank in the same layout: channels first if one of them has it.
  func aligned(_ values: [Value]) -> [Value] {
    let isFirst = values.contains { $0.layout == .channelsFirst }
    return values.map { isFirst ? channelsFirst($0) : $0 }
  }
}
