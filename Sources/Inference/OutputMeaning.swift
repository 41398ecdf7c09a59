package import NeuralNetwork

/// The meaning of a model's output, inferred from its layers.
package enum OutputMeaning: Equatable {
  /// Non-negative numbers with a known sum: 1 after softmax.
  case shares(sum: Double)

  /// Independent numbers from 0 to 1, as after a sigmoid or a maximum of probabilities.
  case fractions

  /// Logits: any numbers, which softmax converts to probabilities.
  case logits

  /// The layers do not determine the meaning.
  case unknown

  /// Whether it is one number for each class: logits, or shares of 1.
  package var isOfClassifier: Bool {
    switch self {
    case .shares(let sum): abs(sum - 1) < 1e-6
    case .logits: true
    case .fractions, .unknown: false
    }
  }

  /// Infers the meaning of the output by following the layers of a model.
  ///
  /// - Parameters:
  ///   - graph: The graph of the model.
  ///   - inputs: The meanings of the model's inputs; empty if they are unknown.
  package init(of graph: Graph, inputs: [OutputMeaning] = []) {
    var meanings: [OutputMeaning] = []
    func meaning(of source: Graph.Source) -> OutputMeaning {
      switch source {
      case .input(let index): inputs.indices.contains(index) ? inputs[index] : .unknown
      case .call(let index, _): meanings[index]
      }
    }
    for call in graph.calls {
      meanings.append(OutputMeaning(of: call.layer, inputs: call.inputs.map(meaning)))
    }
    self = meaning(of: graph.output)
  }

  private init(of layer: Layer, inputs: [OutputMeaning]) {
    let input = inputs.first ?? .unknown
    switch layer {
    case let model as GraphModel:
      // The meaning of the first output alone is known.
      self = model.graph.map { OutputMeaning(of: $0, inputs: inputs) } ?? .unknown
    case is Softmax: self = .shares(sum: 1)
    case let layer as Activation: self.init(of: layer.activation, input: input)
    case let layer as Dense: self.init(of: layer.activation, input: .logits)
    case let layer as BaseConv: self.init(of: layer.activation, input: .logits)
    case let layer as Spatial1D: self.init(of: layer.planar, inputs: inputs)
    case is Average: self = Self.merged(inputs) { $0.reduce(0, +) / Double($0.count) }
    case is Add: self = Self.merged(inputs) { $0.reduce(0, +) }
    case is Maximum, is Minimum, is Multiply, is Concatenate:
      self =
        inputs.allSatisfy { $0 == .logits }
        ? .logits : inputs.allSatisfy(\.isFraction) ? .fractions : .unknown
    case is GlobalMaxPooling2D, is MaxPooling2D: self = input.isFraction ? .fractions : input
    case is AveragePooling2D, is GlobalAveragePooling2D, is Cropping2D, is UpSampling2D:
      self = input
    case let layer as Rescaling: self.init(rescaling: input, by: layer)
    default: self = layer.keepsElements ? input : .unknown
    }
  }

  private init(of activation: ActivationFunction, input: OutputMeaning) {
    switch activation {
    case .linear: self = input
    case .softmax, .sparsemax: self = .shares(sum: 1)
    // The softmax of log-softmax outputs gives the same probabilities.
    case .logSoftmax: self = .logits
    default: self = activation.rawValue.hasSuffix("sigmoid") ? .fractions : .unknown
    }
    if activation == .logSigmoid { self = .unknown }
  }

  /// The meaning of rescaled numbers, such as an average computed from a sum.
  private init(rescaling input: OutputMeaning, by layer: Rescaling) {
    guard case .scalar(let scale) = layer.scale, layer.offset == .scalar(0), scale > 0 else {
      self = input == .logits ? .logits : .unknown
      return
    }
    switch input {
    case .shares(let sum): self = .shares(sum: sum * scale)
    case .fractions: self = scale <= 1 ? .fractions : .unknown
    case .logits, .unknown: self = input
    }
  }

  /// The meaning of a sum or an average.
  private static func merged(
    _ inputs: [OutputMeaning], sum: ([Double]) -> Double
  ) -> OutputMeaning {
    let sums = inputs.compactMap { input -> Double? in
      guard case .shares(let sum) = input else { return nil }
      return sum
    }
    if sums.count == inputs.count { return .shares(sum: sum(sums)) }
    if inputs.allSatisfy({ $0 == .logits }) { return .logits }
    // An average of fractions is a fraction; a sum may exceed 1.
    return inputs.allSatisfy(\.isFraction) && sum([1, 1]) <= 1 ? .fractions : .unknown
  }

  /// Whether each number is from 0 to 1.
  private var isFraction: Bool {
    switch self {
    case .shares(let sum): sum <= 1 + 1e-6
    case .fractions: true
    case .logits, .unknown: false
    }
  }
}
