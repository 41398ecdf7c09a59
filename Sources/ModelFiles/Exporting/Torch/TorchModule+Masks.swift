import NeuralNetwork

/// Masks in PyTorch: booleans `[batch, steps]`.
extension TorchModule {
  /// The expression of a new mask.
  ///
  /// - Parameters:
  ///   - mask: The mask.
  ///   - call: The call whose first output has the mask.
  ///   - inputs: The inputs of the call.
  ///   - masks: The variables of earlier masks.
  /// - Returns: The expression.
  func mask(
    _ mask: InferenceGraph.Mask, of call: InferenceGraph.Call, _ inputs: [Value],
    _ masks: [String?]
  ) -> String {
    switch mask.source {
    case .input: return "None"
    case .made:
      let x = natural(inputs[0]).code
      return (call.layer as? Masking).map { "(\(x) != \(Float($0.maskValue))).any(-1)" }
        ?? "\(x) != 0"
    case .anyOf(let parts): return parts.compactMap { masks[$0] }.joined(separator: " | ")
    case .joined(let parts):
      let known = parts.lazy.compactMap { $0.mask.flatMap { masks[$0] } }.first ?? "None"
      let names = parts.map { part in
        part.mask.flatMap { masks[$0] } ?? "\(known).new_ones(len(\(known)), \(part.steps))"
      }
      return "torch.cat([\(names.joined(separator: ", "))], 1)"
    case .anyInStep(let outer): return "\(masks[outer] ?? "None").flatten(2).any(2)"
    }
  }

  /// The mean of the steps that count.
  func averaged(_ layer: GlobalAveragePooling1D, _ input: Value) -> Value {
    let mask = "\(input.mask ?? "None").unsqueeze(2)"
    let keeps = layer.keepDimensions ? ", keepdim=True" : ""
    return Value(
      code: "torch.where(\(mask), \(natural(input).code), 0).sum(1\(keeps))"
        + " / \(mask).sum(1\(keeps))",
      layout: .natural)
  }
}
