import NeuralNetwork
import Tensors

/// A value in the graph: the model's input, or the output of a node.
package struct Value {
  /// The order of the axes after the batch axis.
  enum Layout {
    /// The order of Cairn and Keras.
    case channelsLast

    /// The order that ONNX requires of images and sequences: the channels before all other axes.
    case channelsFirst
  }

  /// The name.
  var name: String

  /// The shape in Cairn, without the batch axis.
  let shape: Shape

  /// The order of the axes in the graph; vectors have only one.
  let layout: Layout

  /// Which steps count; `nil` for all.
  var mask: StepMask?

  /// The extents in the graph, without the batch axis.
  var extents: [Int] { layout.extents(shape.dimensions) }

  /// The axis of the graph for an axis of Cairn; both count the batch axis as 0.
  func axis(_ axis: Int) -> Int { layout.axis(axis, rank: shape.count + 1) }

  /// The axes of the graph for axes of Cairn, in ascending order.
  ///
  /// - Parameter axes: The axes, with the batch axis as 0; negative values count from the end.
  /// - Returns: The axes, with the batch axis as 0.
  func axes(_ axes: [Int]) -> [Int] {
    axes.map { axis($0 < 0 ? $0 + shape.count + 1 : $0) }.sorted()
  }
}

extension Value.Layout {
  /// The axes of Cairn in the order of this layout, with the batch axis as 0.
  func axes(rank: Int) -> [Int] {
    self == .channelsLast ? Array(0..<rank) : [0, rank - 1] + (1..<rank - 1)
  }

  /// The axis of the graph for an axis of Cairn.
  func axis(_ axis: Int, rank: Int) -> Int { axes(rank: rank).firstIndex(of: axis) ?? axis }

  /// Extents in the order of this layout, without the batch axis.
  func extents(_ extents: [Int]) -> [Int] {
    axes(rank: extents.count + 1).dropFirst().map { extents[$0 - 1] }
  }

  /// A constant for one example in the order of this layout.
  func ordered(_ constant: Tensor) -> Tensor {
    constant.transposed(axes(rank: constant.rank + 1).dropFirst().map { $0 - 1 })
  }
}
