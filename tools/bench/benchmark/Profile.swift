import Machine
import NeuralNetwork
import Synchronization
import Tensors
import Threads

/// Where the time of training steps goes: forward and backward, for each block of a network.
///
/// Marks between the blocks note the time. A mark is an operation that changes nothing, and whose
/// gradient passes in the other direction. What is deferred counts for the block that needs it.
final class Profile: Sendable {
  /// A block with its times in seconds, and what it computes and moves in a forward pass.
  private struct Line {
    var name: String
    var input: Shape
    var forward = 0.0
    var backward = 0.0
    var operations = 0.0
    var bytes = 0.0
  }

  private struct State {
    var lines: [Line] = []
    var next = 0
    var last = ContinuousClock.now
    var steps = 0

    /// The seconds since the last call.
    mutating func lap() -> Double {
      let now = ContinuousClock.now
      defer { last = now }
      return (now - last) / .seconds(1)
    }
  }

  private let state = Mutex(State())

  /// Begins a block: time since the last mark counts for nothing, or backwards, for this block.
  func begin(_ block: Block, _ x: Tensor) -> Tensor {
    let line = state.withLock { state in
      _ = state.lap()
      if state.next == state.lines.count {
        state.lines.append(Line(name: block.name, input: x.shape))
      }
      state.lines[state.next].bytes = 4 * Double(x.count)
      state.next += 1
      return state.next - 1
    }
    return mark(x) { $0.lines[line].backward += $1 }
  }

  /// Ends a block that has begun; blocks do not overlap, because branches run before their sum.
  func end(_ block: Block, _ y: Tensor) -> Tensor {
    state.withLock { state in
      let line = state.next - 1
      state.lines[line].forward += state.lap()
      // Each element of a kernel is multiplied once for each pixel of the output of its layer.
      var shape = Shape(state.lines[line].input.dropFirst())
      var (factors, operations) = (0, 0)
      for layer in block.layers {
        shape = (try? layer.outputShape(inputShape: shape)) ?? shape
        let kernels = layer.trainableVariables.filter { $0.shape.count > 1 }
        let count = kernels.reduce(0) { $0 + $1.shape.elementCount }
        factors += count
        operations += 2 * y.shape[0] * shape.dropLast().reduce(1, *) * count
      }
      state.lines[line].operations = Double(operations)
      state.lines[line].bytes += 4 * Double(y.count + factors)
    }
    return mark(y) { _, _ in }
  }

  /// The steps' other parts, in the order of a step.
  func note(_ name: String, isLast: Bool = false) {
    state.withLock { state in
      if state.next == state.lines.count { state.lines.append(Line(name: name, input: [])) }
      state.lines[state.next].forward += state.lap()
      state.next += 1
      guard isLast else { return }
      (state.next, state.steps) = (0, state.steps + 1)
    }
  }

  private func mark(
    _ x: Tensor, _ count: @escaping @Sendable (inout sending State, Double) -> Void
  ) -> Tensor {
    withCustomGradient(of: [x]) { inputs in
      (
        inputs[0],
        { [self] dy in
          state.withLock { state in
            let time = state.lap()
            count(&state, time)
          }
          return [dy]
        }
      )
    }
  }

  /// Prints a line for each block: times, and the share of the machine's peak.
  ///
  /// A backward pass is counted with twice the operations, and moves the same arrays twice.
  func report() {
    let peak = machine_peak() * Double(Threads.count)
    let data = [Float](repeating: 1, count: 1 << 24)
    let bandwidth = unsafe data.withUnsafeBufferPointer { data in
      unsafe data.baseAddress.map { unsafe machine_read_bandwidth($0, Int64(data.count)) } ?? 1
    }
    let (lines, steps) = state.withLock { ($0.lines, Double(max($0.steps, 1))) }
    let total = lines.reduce(0) { $0 + $1.forward + $1.backward } / steps
    print("peak: \(rounded(peak / 1e9)) GFLOP/s, reading \(rounded(bandwidth / 1e9)) GB/s a core")
    for line in lines {
      let (forward, backward) = (line.forward / steps, line.backward / steps)
      var text = "  \(line.name): forward \(rounded(forward * 1e3)) ms"
      text += ", backward \(rounded(backward * 1e3)) ms"
      text += ", \(rounded((forward + backward) / total * 100)) % of the step"
      if line.operations > 0 {
        let passes = backward > 0 ? 3.0 : 1.0
        let rate = passes * line.operations / (forward + backward)
        text += "; \(rounded(rate / peak * 100)) % of the peak"
      } else if line.bytes > 0 {
        let rate = 3 * line.bytes / (forward + backward)
        text += "; \(rounded(rate / 1e9)) GB/s"
      }
      print(text)
    }
    print("  a step: \(rounded(total * 1e3)) ms")
  }
}
