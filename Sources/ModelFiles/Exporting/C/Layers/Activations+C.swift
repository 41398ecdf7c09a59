import NeuralNetwork
import Tensors

/// Activations in C.
extension CProgram {
  /// Adds a computation and an activation function.
  ///
  /// - Parameters:
  ///   - function: The function.
  ///   - count: The number of elements before it.
  ///   - last: The last extent before it.
  ///   - index: The index of the call.
  ///   - scratch: Memory for `count` elements, if the function needs other memory.
  ///   - compute: Adds the computation, which writes to an address.
  mutating func activated(
    _ function: ActivationFunction, _ count: Int, last: Int, _ index: Int, scratch: String? = nil,
    _ compute: (inout CProgram, String) -> Void
  ) {
    let y = place(ofResult: index)
    let target =
      function.needsOtherMemory ? scratch ?? self.scratch(count, index) : y
    compute(&self, target)
    if function != .linear { apply(function, from: target, to: y, count, last: last) }
  }

  /// Applies an activation function to `count` elements.
  mutating func apply(
    _ function: ActivationFunction, from x: String, to y: String, _ count: Int, last: Int
  ) {
    let rows = count / max(1, last)
    switch function {
    case .linear: if x != y { each(x, y, count) { $0 } }
    case .relu: each(x, y, count) { "fmaxf(\($0), 0.0f)" }
    case .relu6: clipped(x, y, count) { "cairn_clip(\($0), 0.0f, 6.0f)" }
    case .leakyReLU: rectified(x, y, count, slope: 0.2)
    case .elu, .celu: each(x, y, count) { "\($0) > 0.0f ? \($0) : expm1f(\($0))" }
    case .selu:
      each(x, y, count) {
        "\($0) > 0.0f ? 1.050700987f * \($0) : 1.758099341f * expm1f(\($0))"
      }
    case .gelu:
      use(.gelu)
      each(x, y, count) { "cairn_gelu(\($0))" }
    case .silu:
      use(.sigmoid)
      each(x, y, count) { "\($0) * cairn_sigmoid(\($0))" }
    case .sigmoid:
      use(.sigmoid)
      each(x, y, count) { "cairn_sigmoid(\($0))" }
    case .logSigmoid:
      use(.softplus)
      each(x, y, count) { "-cairn_softplus(-\($0))" }
    case .hardSigmoid: clipped(x, y, count) { "cairn_clip(\($0) + 3.0f, 0.0f, 6.0f) / 6.0f" }
    case .keras2HardSigmoid:
      clipped(x, y, count) { "cairn_clip(0.2f * \($0) + 0.5f, 0.0f, 1.0f)" }
    case .hardSilu:
      clipped(x, y, count) { "\($0) * cairn_clip(\($0) + 3.0f, 0.0f, 6.0f) / 6.0f" }
    case .sparseSigmoid:
      clipped(x, y, count) { "cairn_clip(0.5f * (\($0) + 1.0f), 0.0f, 1.0f)" }
    case .tanh: each(x, y, count) { "tanhf(\($0))" }
    case .hardTanh: clipped(x, y, count) { "cairn_clip(\($0), -1.0f, 1.0f)" }
    case .tanhShrink: each(x, y, count) { "\($0) - tanhf(\($0))" }
    case .hardShrink: each(x, y, count) { "fabsf(\($0)) <= 0.5f ? 0.0f : \($0)" }
    case .softShrink:
      each(x, y, count) {
        "fabsf(\($0)) <= 0.5f ? 0.0f : \($0) < 0.0f ? \($0) + 0.5f : \($0) - 0.5f"
      }
    case .softplus:
      use(.softplus)
      each(x, y, count) { "cairn_softplus(\($0))" }
    case .squareplus: each(x, y, count) { "(\($0) + sqrtf(\($0) * \($0) + 4.0f)) / 2.0f" }
    case .sparsePlus:
      use(.sparse_plus)
      each(x, y, count) { "cairn_sparse_plus(\($0))" }
    case .softsign: each(x, y, count) { "\($0) / (1.0f + fabsf(\($0)))" }
    case .exponential: each(x, y, count) { "expf(\($0))" }
    case .mish:
      use(.softplus)
      each(x, y, count) { "\($0) * tanhf(cairn_softplus(\($0)))" }
    case .softmax: add(.softmax, [x, y, rows, last, 1])
    case .logSoftmax: add(.log_softmax, [x, y, rows, last])
    case .sparsemax: add(.sparsemax, [x, y, rows, last])
    case .glu: add(.glu, [x, y, rows, last / 2])
    }
  }

  mutating func rectified(
    _ x: String, _ y: String, _ count: Int, slope: Float, threshold: Float = 0,
    most: Float = .infinity
  ) {
    use(.rectifier)
    each(x, y, count) {
      "cairn_rectifier(\($0), \(slope.cText), \(threshold.cText), \(most.cText))"
    }
  }

  mutating func prelu(_ call: InferenceGraph.Call, _ index: Int) throws(CheckpointError) {
    let input = call.inputShapes[0]
    let (alpha, n, inner) = Self.compact(
      try call.values("alpha") ?? [], call.variables.first?.shape ?? [], over: input)
    add(
      .prelu,
      [
        place(of: call.inputs[0]), place(ofResult: index), input.elementCount, n, inner,
        table(call, "alpha", alpha),
      ])
  }

  /// Adds a loop in which each element of `y` is an expression of that of `x`.
  mutating func each(
    _ x: String, _ y: String, _ count: Int, _ expression: (String) -> String
  ) {
    add(
      "for (int32_t i = 0; i < \(count); i++) \(y)[i] = \(expression("\(x)[i]"));")
  }

  private mutating func clipped(
    _ x: String, _ y: String, _ count: Int, _ expression: (String) -> String
  ) {
    use(.clip)
    each(x, y, count, expression)
  }
}

extension ActivationFunction {
  /// Whether the result cannot take the place of the argument.
  var needsOtherMemory: Bool { self == .glu || self == .sparsemax }
}
