/// A depth-first traversal of a graph from its outputs, which defines the order of calls and of
/// layers.
///
/// Keras numbers the layers in files in this order, so the traversal must match exactly. Source:
/// `map_graph` and `_build_map` in keras/src/ops/function.py.
struct DepthFirstVisit {
  /// The indices of the calls that the outputs depend on, in topological order.
  private(set) var finished: [Int] = []

  /// The layers by decreasing distance from the outputs; ties keep the order of the first visit.
  private(set) var layers: [Layer] = []

  init(calls: [Graph.Call], outputs: [Graph.Source]) {
    var order: [ObjectIdentifier: Int] = [:]
    var met: Set<Int> = []
    // An explicit stack instead of recursion, because a graph from a file may be deep.
    var stack: [(call: Int, nextInput: Int)] = []
    func meet(_ source: Graph.Source) {
      guard case .call(let index, _) = source, met.insert(index).inserted else { return }
      let layer = ObjectIdentifier(calls[index].layer)
      if order[layer] == nil { order[layer] = order.count }
      stack.append((index, 0))
    }
    for output in outputs {
      meet(output)
      while let (call, nextInput) = stack.last {
        if nextInput < calls[call].inputs.count {
          stack[stack.count - 1].nextInput += 1
          meet(calls[call].inputs[nextInput])
        } else {
          finished.append(call)
          stack.removeLast()
        }
      }
    }

    // The distance of each call from the outputs; calls of one layer share the largest.
    var depths: [Int: Int] = [:]
    var layerDepths: [ObjectIdentifier: Int] = [:]
    for call in finished.reversed() {
      let layer = ObjectIdentifier(calls[call].layer)
      let depth = max(depths[call, default: 0], layerDepths[layer, default: 0])
      layerDepths[layer] = depth
      for case .call(let input, _) in calls[call].inputs {
        depths[input] = max(depth + 1, depths[input, default: 0])
      }
    }
    var seen: Set<ObjectIdentifier> = []
    layers = finished.map { calls[$0].layer }.filter { seen.insert(ObjectIdentifier($0)).inserted }
      .sorted { a, b in
        let (a, b) = (ObjectIdentifier(a), ObjectIdentifier(b))
        return (-layerDepths[a, default: 0], order[a, default: 0])
          < (-layerDepths[b, default: 0], order[b, default: 0])
      }
  }
}
