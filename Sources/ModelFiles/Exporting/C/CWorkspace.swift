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

  /// The place of a value: an input of the model, or a block of the memory.
  private enum Place {
    case input(Int)
    case block(Int)
  }

  /// The place of each value.
  private var places: [Place]
  private var parts: [Block] = []

  /// The expressions of the addresses of masks that are used, which come before all values.
  private(set) var maskPlaces: [Int: String] = [:]
  /// The number of floats of the masks.
  private var start = 0

  /// Finds a place for each value.
  init(_ graph: InferenceGraph) {
    places = graph.inputs.indices.map(Place.input)
    for (number, mask) in graph.masks.enumerated() where mask.isUsed {
      if case .input = mask.source {
        maskPlaces[number] = "mask"
      } else {
        maskPlaces[number] = "(workspace + \(start))"
        start += mask.extents.reduce(1, *)
      }
    }
    size = start
    var lastUses = [Int](repeating: -1, count: graph.valueCount)
    for (index, call) in graph.calls.enumerated() {
      for input in call.inputs { lastUses[input] = index }
    }
    for output in graph.outputs { lastUses[output.value] = graph.calls.count }
    for (index, call) in graph.calls.enumerated() {
      let lastUse = max(index, lastUses[call.outputs[0]])
      let place = places[call.inputs[0]]
      if call.layer.sharesMemory {
        places.append(place)
        if case .block(let input) = place {
          parts[input].lastUse = max(parts[input].lastUse, lastUse)
        }
      } else if case .block(let input) = place, call.layer.isElementwise, call.inputs.count == 1,
        parts[input].lastUse == index
      {
        places.append(place)
        parts[input].lastUse = lastUse
      } else {
        for (output, shape) in zip(call.outputs, call.outputShapes) {
          places.append(.block(parts.count))
          let range = free(shape.elementCount, at: index)
          parts.append(Block(range: range, lastUse: max(index, lastUses[output])))
        }
      }
    }
  }

  /// The expression of the address of a value.
  ///
  /// - Parameters:
  ///   - value: The number of the value.
  ///   - inputs: The parameters that are the model's inputs.
  /// - Returns: The expression.
  func place(of value: Int, inputs: [String]) -> String {
    switch places[value] {
    case .input(let index): inputs[index]
    case .block(let block): "(workspace + \(parts[block].range.lowerBound))"
    }
  }

  /// Reserves memory that one call uses beside its inputs and its output.
  ///
  /// - Parameters:
  ///   - count: The number of floats.
  ///   - index: The index of the call.
  ///   - outputs: The numbers of its results.
  /// - Returns: The expression of the address.
  mutating func scratch(_ count: Int, at index: Int, for outputs: [Int]) -> String {
    // The places of later values are known, but not yet in use.
    let known = places[...(outputs.last ?? 0)].compactMap { place -> Int? in
      if case .block(let block) = place { block } else { nil }
    }
    let used = Set(known).filter { parts[$0].lastUse >= index }
    let range = gap(count, among: used.map { parts[$0].range })
    size = max(size, range.upperBound)
    return "(workspace + \(range.lowerBound))"
  }

  private mutating func free(_ count: Int, at index: Int) -> Range<Int> {
    let range = gap(count, among: parts.filter { $0.lastUse >= index }.map(\.range))
    size = max(size, range.upperBound)
    return range
  }

  /// The first gap of a length between ranges, behind the masks.
  private func gap(_ count: Int, among ranges: [Range<Int>]) -> Range<Int> {
    var start = start
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
