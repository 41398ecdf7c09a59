import JSON
import Tensors

/// The options that all recurrent layers share.
///
/// ```swift
/// var options = RecurrentOptions()
/// options.dropout = 0.2
/// options.returnsSequences = true
/// let steps = GRU(32, options: options)(Tensor(zeros: [8, 50, 3]))  // [8, 50, 32]
/// ```
public struct RecurrentOptions: Sendable {
  /// The activation function of the candidate and of the output.
  public var activation = ActivationFunction.tanh
  /// The activation function of the gates.
  public var recurrentActivation = ActivationFunction.sigmoid
  /// Whether to add a bias.
  public var usesBias = true
  /// The initializer of the kernel.
  public var kernelInitializer = Initializer.glorotUniform
  /// The initializer of the recurrent kernel.
  public var recurrentInitializer = Initializer.orthogonal()
  /// The initializer of the bias.
  public var biasInitializer = Initializer.zeros
  /// The drop probability of the features, in `0..<1`.
  public var dropout: Float = 0
  /// The drop probability of the state, in `0..<1`.
  public var recurrentDropout: Float = 0
  /// Whether the output is that of each step; otherwise, that of the last one.
  public var returnsSequences = false
  /// Whether a call returns the states after the last step too, as further outputs: see
  /// ``Layer/outputs(of:training:file:line:)``.
  public var returnsState = false
  /// Whether the last step comes first; the outputs are in the order of computation.
  public var goesBackwards = false
  /// Whether the state at the end of a batch is that at the beginning of the next one.
  public var isStateful = false

  /// Whether a call with given states uses the mask of its input, as in tf_keras: Keras 3 does not.
  ///
  /// Source: "Populate mask argument(s)" in keras/src/layers/layer.py.
  package var usesMaskWithStates = false
  /// Whether the output of a masked step is 0; otherwise, it is that of the step before.
  public var zerosMaskedOutputs = false

  /// Creates Keras's default options.
  public init() {}

  /// The options that differ from Keras's defaults.
  func config(of kind: RecurrentCell.Kind) -> JSON.Object {
    var config: JSON.Object = ["activation": .string(activation.rawValue)]
    if kind != .simple { config["recurrent_activation"] = .string(recurrentActivation.rawValue) }
    if !usesBias { config["use_bias"] = .bool(false) }
    if dropout > 0 { config["dropout"] = .number(dropout) }
    if recurrentDropout > 0 { config["recurrent_dropout"] = .number(recurrentDropout) }
    for (key, isSet) in [
      ("return_sequences", returnsSequences), ("return_state", returnsState),
      ("go_backwards", goesBackwards),
      ("stateful", isStateful), ("zero_output_for_mask", zerosMaskedOutputs),
    ] where isSet {
      config[key] = .bool(true)
    }
    if case .gru(let resetAfter) = kind { config["reset_after"] = .bool(resetAfter) }
    return config
  }
}

extension RecurrentOptions {
  /// Reads the options of a file.
  ///
  /// - Parameters:
  ///   - reader: The options.
  ///   - hasGates: Whether the cell has gates.
  /// - Throws: ``KerasError`` if an option is invalid or not supported.
  init(_ reader: OptionReader, hasGates: Bool) throws(KerasError) {
    activation = try reader.gate("activation", default: .tanh)
    if hasGates {
      recurrentActivation = try reader.gate("recurrent_activation", default: .sigmoid)
    }
    usesBias = try reader.bool("use_bias", default: true)
    dropout = try reader.rate("dropout")
    recurrentDropout = try reader.rate("recurrent_dropout")
    returnsSequences = try reader.bool("return_sequences", default: false)
    returnsState = try reader.bool("return_state", default: false)
    goesBackwards = try reader.bool("go_backwards", default: false)
    isStateful = try reader.bool("stateful", default: false)
    usesMaskWithStates = reader.generation != .keras3
    zerosMaskedOutputs = try reader.bool("zero_output_for_mask", default: false)
    // The layer would have other axes.
    try reader.require("time_major", .bool(false))
    // How Keras computes, with the same result.
    for key in ["unroll", "implementation", "seed", "unit_forget_bias", "use_cudnn"] {
      reader.ignore(key)
    }
  }
}

extension OptionReader {
  /// Reads the activation function of a gate.
  fileprivate func gate(
    _ key: String, default fallback: ActivationFunction
  ) throws(KerasError) -> ActivationFunction {
    guard has(key) else { return fallback }
    let function = try activation(key)
    guard function.gate != nil else {
      throw problem(key, "is none of \(ActivationFunction.gateNames)")
    }
    return function
  }
}

extension ActivationFunction {
  /// The function as that of a recurrent cell; `nil` if it is not supported there.
  var gate: GateFunction? {
    switch self {
    case .linear: .linear
    case .relu: .relu
    case .sigmoid: .sigmoid
    case .tanh: .tanh
    case .hardSigmoid: .hardSigmoid
    case .keras2HardSigmoid: .keras2HardSigmoid
    case .softsign: .softsign
    case .elu: .elu
    case .selu: .selu
    default: nil
    }
  }

  /// The names of the functions that recurrent cells support.
  static var gateNames: String {
    allCases.filter { $0.gate != nil }.map(\.rawValue).joined(separator: ", ")
  }
}
