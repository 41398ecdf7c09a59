/// Nodes that move, add and remove axes of values that no layer sees.
extension GraphBuilder {
  /// Adds a `Transpose`.
  func transposed(_ name: String, _ order: [Int]) -> String {
    addNode("Transpose", [name], [AttributeProto("perm", .integers(order))])[0]
  }

  /// Adds a `Squeeze`, which removes axes of extent 1.
  func squeezed(_ name: String, _ axes: [Int]) -> String {
    addNode("Squeeze", [name, integers("axes", axes)])[0]
  }

  /// Adds an `Unsqueeze`, which inserts axes of extent 1.
  func unsqueezed(_ name: String, _ axes: [Int]) -> String {
    addNode("Unsqueeze", [name, integers("axes", axes)])[0]
  }

  /// Adds a `Reshape`; 0 stands for the extent at the same place, and −1 for what remains.
  func reshaped(_ name: String, _ extents: [Int]) -> String {
    addNode("Reshape", [name, integers("shape", extents)])[0]
  }

  /// Adds a `Split` of the axis after the batch into equal parts.
  func split(_ name: String, into count: Int) -> [String] {
    addNode(
      "Split", [name],
      [AttributeProto("axis", .integer(1)), AttributeProto("num_outputs", .integer(count))],
      outputCount: count)
  }

  /// Adds a `Shape` that gives an extent as a list.
  func extent(of name: String, axis: Int) -> String {
    addNode(
      "Shape", [name],
      [AttributeProto("start", .integer(axis)), AttributeProto("end", .integer(axis + 1))])[0]
  }

  /// Adds a `Slice` that reverses the order along an axis.
  func reversed(_ name: String, axis: Int) -> String {
    addNode(
      "Slice",
      [
        name, integers("last", [-1]), integers("before_first", [Int.min]),
        integers("axes", [axis]), integers("backwards", [-1]),
      ])[0]
  }

  /// Adds a `Cast` to booleans, 64-bit integers or another type.
  func cast(_ name: String, to type: Int) -> String {
    addNode("Cast", [name], [AttributeProto("to", .integer(type))])[0]
  }
}
