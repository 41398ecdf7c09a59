import NeuralNetwork
import Tensors

/// The memory of the intermediate results of a model: where each value is, as long as it is used.
struct CWorkspace {
  /// A part of the memory.
  private struct Block {
    var range: Range<Int>
    /// The last call that uses the block.
    var lastUse: Int
  }

  /// The number of floats.
  private(set) var size = 0

  /// The block of each value; `nil` if it is in the model's input.
  private var blocks: [Int?] = [nil]
  private var parts: [Block] = []

  /// Finds a place for each value.
  init(_ graph: InferenceGraph) {
    var lastUses = [Int](repeating: -1, count: graph.calls.count + 1)
    for (index, call) in graph.calls.enumerated() {
      for input in call.inputs { lastUses[input] = index }
    }
    lastUses[graph.output] = graph.calls.count
    for (index, call) in graph.calls.enumerated() {
      let lastUse = max(index, lastUses[index + 1])
      let input = blocks[call.inputs[0]]
      if call.layer.sharesMemory {
        blocks.append(input)
        if let input { parts[input].lastUse = max(parts[input].lastUse, lastUse) }
      } else if let input, call.layer.isElementwise, call.inputs.count == 1,
        parts[input].lastUse == index
      {
        blocks.append(input)
        parts[input].lastUse = lastUse
      } else {
        blocks.append(parts.count)
        let range = free(call.outputShape.elementCount, at: index)
        parts.append(Block(range: range, lastUse: lastUse))
      }
    }
  }

  /// The expression of the address of a value.
  func place(of value: Int) -> String {
    guard let block = blocks[value] else { return "input" }
    return "(workspace + \(parts[block].range.lowerBound))"
  }

  /// Reserves memory that one call uses beside its inputs and its output.
  mutating func scratch(_ count: Int, at index: Int) -> String {
    // The places of later values are known, but not yet in use.
    let used = Set(blocks[...(index + 1)].compactMap(\.self)).filter { parts[$0].lastUse >= index }
    let range = Self.gap(count, among: used.map { parts[$0].range })
    size = max(size, range.upperBound)
    return "(workspace + \(range.lowerBound))"
  }

  private mutating func free(_ count: Int, at index: Int) -> Range<Int> {
    let range = Self.gap(count, among: parts.filter { $0.lastUse >= index }.map(\.range))
    size = max(size, range.upperBound)
    return range
  }

  /// The first gap of a length between ranges.
  private static func gap(_ count: Int, among ranges: [Range<Int>]) -> Range<Int> {
    var start = 0
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if range.lowerBound - start >= count { break }
      start = max(start, range.upperBound)
    }
    return start..<start + count
  }
}

extension Layer {
  /// Whether the output is the input with another shape.
  var sharesMemory: Bool {
    if let masking = self as? Masking { return masking.maskValue == 0 }
    return self is Flatten || self is Reshape
  }

  /// Whether each element of the output depends on the element of the input at its place alone, or
  /// on elements that are read before it is written.
  fileprivate var isElementwise: Bool {
    switch self {
    case let layer as Activation: layer.activation != .glu && layer.activation != .sparsemax
    case is BatchNormalization, is LayerNormalization, is GroupNormalization, is UnitNormalization,
      is Normalization, is PReLU, is LeakyReLU, is ELU, is ReLU, is Softmax, is Rescaling,
      is Masking:
      true
    default: false
    }
  }
}
