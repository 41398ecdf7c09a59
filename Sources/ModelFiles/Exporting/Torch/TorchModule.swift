import NeuralNetwork
import Tensors

/// A module of PyTorch that computes what a model does: its source code and its `state_dict`.
///
/// Images are channels first in PyTorch. Kernels are transposed; where an image is flattened, its
/// elements stay in PyTorch's order, and the weights of the next layer are reordered instead.
struct TorchModule {
  /// How PyTorch holds a value.
  enum Layout: Equatable {
    /// As Keras does.
    case natural
    /// An image with its channels first.
    case channelsFirst
    /// A sequence with its channels first.
    case sequence
    /// A volume with its channels first.
    case volume
    /// The elements of an image with its channels first, flattened; Keras's have the channels last.
    case flattened(height: Int, width: Int, channels: Int)
  }

  /// A value in `forward`.
  struct Value {
    /// An expression.
    var code: String
    var layout: Layout
    /// The variable of its mask, booleans `[batch, steps]`; `nil` if all steps count.
    var mask: String?
  }

  /// The tensors of the `state_dict`.
  private(set) var tensors = SafetensorsWriter()

  private let graph: InferenceGraph
  /// Whether one variable holds the results of all calls.
  private let isChain: Bool
  /// The number of calls of each layer.
  private var callCounts: [String: Int] = [:]
  private var declarations: [String] = []
  private var statements: [String] = []
  private var attributes: [String: String] = [:]
  private var variables: Set<String>
  private var helpers: Set<TorchHelper> = []
  private var inputs: [Value] = []
  private var outputs: [Value] = []

  /// Translates a model.
  ///
  /// - Throws: ``CheckpointError/unsupportedModel(_:)`` if a layer has no equivalent, or the error
  ///   of reading a value.
  init(_ graph: InferenceGraph) throws(CheckpointError) {
    self.graph = graph
    isChain = graph.isChain
    // A variable of the function would hide what has its name outside.
    variables = Set(TorchHelper.allCases.map { "\($0)" })
      .union(["x", "self", "F", "nn", "torch", "len"])
    count(graph.calls)
    for (index, input) in graph.inputs.enumerated() {
      let name =
        graph.inputs.count == 1 ? "x" : Self.unique(input.name.pythonName, in: &variables)
      inputs.append(
        Value(code: name, layout: graph.isImage(input: index) ? .channelsFirst : .natural))
    }
    outputs = try run(graph, inputs).map { value in
      value.layout == .channelsFirst ? value : natural(value)
    }
  }

  private mutating func count(_ calls: [InferenceGraph.Call]) {
    for call in calls {
      callCounts[call.name, default: 0] += 1
      count(call.inner?.calls ?? [])
    }
  }

  /// Translates the calls of a graph.
  ///
  /// - Parameters:
  ///   - graph: The graph.
  ///   - inputs: Its inputs; a mask is that of the graph's input.
  /// - Returns: Its outputs.
  /// - Throws: ``CheckpointError`` if a layer has no equivalent, or its weights cannot be read.
  mutating func run(
    _ graph: InferenceGraph, _ inputs: [Value]
  ) throws(CheckpointError) -> [Value] {
    var values = inputs
    var masks = graph.masks.map { _ in String?.none }
    if let mask = inputs[0].mask { masks[0] = mask }
    for call in graph.calls {
      let given = call.inputs.map { values[$0] }
      if let new = call.newMask, graph.masks[new].isUsed {
        // The variable of the input may get the result of the call.
        masks[new] = hold(
          mask(graph.masks[new], of: call, given, masks), "\(call.name)_mask", isOwn: true)
      }
      let arranged = zip(given, call.masks).map { value, mask in
        var value = call.layer.takes(value.layout) ? value : natural(value)
        value.mask = mask.flatMap { masks[$0] }
        return value
      }
      for value in try translate(call, arranged) {
        values.append(
          isVariable(value.code)
            ? value : Value(code: hold(value.code, call.name), layout: value.layout))
      }
    }
    return graph.outputs.map { values[$0.value] }
  }

  /// The source code of the module.
  var source: String {
    func described(_ ends: [(name: String, value: Value, shape: Shape)]) -> String {
      ends.map { end in
        (ends.count == 1 ? "" : "\(end.name) ") + extents(end.shape, end.value.layout)
      }.joined(separator: "; ")
    }
    let shapes = (
      described(zip(inputs, graph.inputs).map { ($0.code, $0, $1.shape) }),
      described(
        zip(outputs, graph.outputs).map { ($1.name.pythonName, $0, graph.shape(of: $1.value)) })
    )
    var lines = ["import torch", "from torch import nn", "from torch.nn import functional as F"]
    for helper in TorchHelper.allCases where helpers.contains(helper) {
      lines += ["", ""] + helper.lines
    }
    lines += [
      "", "", "class Model(nn.Module):",
      "    \"\"\"Input: \(shapes.0); output: \(shapes.1).\"\"\"", "",
      "    def __init__(self):", "        super().__init__()",
    ]
    lines += declarations.map { "        \($0)" }
    let parameters = inputs.map(\.code).joined(separator: ", ")
    lines += ["", "    def forward(self, \(parameters)):"] + statements.map { "        \($0)" }
    lines += [
      "        return \(outputs.map(\.code).joined(separator: ", "))", "", "", "def load(path):",
      "    from safetensors.torch import load_file", "", "    model = Model()",
      "    model.load_state_dict(load_file(path))", "    return model.eval()",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  private func extents(_ shape: Shape, _ layout: Layout) -> String {
    let dimensions = shape.dimensions
    let ordered =
      layout == .channelsFirst ? [dimensions[2], dimensions[0], dimensions[1]] : dimensions
    return "(" + (["N"] + ordered.map { "\($0)" }).joined(separator: ", ") + ")"
      + (layout == .channelsFirst ? ", channels first" : "")
  }

  // MARK: - Code

  private func isVariable(_ code: String) -> Bool { variables.contains(code) }

  /// Assigns an expression to a variable.
  ///
  /// - Parameters:
  ///   - expression: The expression.
  ///   - name: The name of a new variable.
  ///   - isOwn: Whether it gets a new variable even if one holds the results of all calls.
  /// - Returns: The variable.
  mutating func hold(_ expression: String, _ name: String, isOwn: Bool = false) -> String {
    if isVariable(expression) { return expression }
    let variable = isChain && !isOwn ? "x" : Self.unique(name.pythonName, in: &variables)
    statements.append("\(variable) = \(expression)")
    return variable
  }

  /// Assigns the elements of a tuple to variables.
  ///
  /// - Parameters:
  ///   - expression: The expression.
  ///   - names: The names of new variables.
  ///   - pattern: The pattern, made from the variables: `y, (h, c)`.
  /// - Returns: The variables.
  mutating func unpack(
    _ expression: String, _ names: [String], as pattern: ([String]) -> String
  ) -> [String] {
    let names = names.map { Self.unique($0.pythonName, in: &variables) }
    statements.append("\(pattern(names)) = \(expression)")
    return names
  }

  /// Whether several calls share the layer, so that its weights have one order only.
  private func isShared(_ call: InferenceGraph.Call) -> Bool {
    callCounts[call.name, default: 0] > 1
  }

  /// Declares a part of the module, once for each layer.
  ///
  /// - Parameters:
  ///   - call: The call of the layer.
  ///   - suffix: Is appended to the name, for the second part of a layer.
  ///   - declaration: The expression that creates it.
  ///   - fill: Adds its tensors, whose names begin with the argument.
  /// - Returns: The expression of the part: `self.conv1`.
  /// - Throws: The error of `fill`.
  mutating func declare(
    _ call: InferenceGraph.Call, suffix: String = "", _ declaration: String,
    _ fill: (String, inout SafetensorsWriter) throws(CheckpointError) -> Void
  ) throws(CheckpointError) -> String {
    let key = call.name + suffix
    if let attribute = attributes[key] { return "self.\(attribute)" }
    let attribute = newAttribute(key)
    declarations.append("self.\(attribute) = \(declaration)")
    try fill(attribute, &tensors)
    return "self.\(attribute)"
  }

  /// Declares constants of the `state_dict`.
  ///
  /// - Returns: The expression of the tensor.
  mutating func buffer(
    _ call: InferenceGraph.Call, suffix: String, shape: [Int], _ values: [Float]
  ) -> String {
    let key = call.name + suffix
    if let attribute = attributes[key] { return "self.\(attribute)" }
    let attribute = newAttribute(key)
    declarations.append("self.register_buffer(\"\(attribute)\", torch.zeros(\(tuple(shape))))")
    tensors.add(attribute, shape: shape, values)
    return "self.\(attribute)"
  }

  private mutating func newAttribute(_ key: String) -> String {
    var taken = Set(attributes.values)
    let attribute = Self.unique(key.pythonName, in: &taken)
    attributes[key] = attribute
    return attribute
  }

  /// Uses a function of the source code.
  mutating func use(_ helper: TorchHelper) { helpers.insert(helper) }

  private static func unique(_ name: String, in taken: inout Set<String>) -> String {
    var (unique, count) = (name, 1)
    while !taken.insert(unique).inserted {
      unique = "\(name)_\(count)"
      count += 1
    }
    return unique
  }

  // MARK: - Layouts

  /// The value as Keras holds it.
  func natural(_ value: Value) -> Value {
    let code =
      switch value.layout {
      case .natural: value.code
      case .channelsFirst: "\(value.code).permute(0, 2, 3, 1)"
      case .sequence: "\(value.code).transpose(1, 2)"
      case .volume: "\(value.code).permute(0, 2, 3, 4, 1)"
      case .flattened(let height, let width, let channels):
        "\(value.code).unflatten(1, (\(channels), \(height), \(width)))"
          + ".permute(0, 2, 3, 1).flatten(1)"
      }
    return Value(code: code, layout: .natural, mask: value.mask)
  }

  /// An image with its channels first.
  func channelsFirst(_ value: Value) -> Value {
    value.layout == .channelsFirst
      ? value : Value(code: "\(value.code).permute(0, 3, 1, 2)", layout: .channelsFirst)
  }

  /// The image or the sequence of a call with its channels first.
  func channelsFirst(_ value: Value, _ call: InferenceGraph.Call) -> Value {
    guard call.isSequence else { return channelsFirst(value) }
    return value.layout == .sequence
      ? value : Value(code: "\(natural(value).code).transpose(1, 2)", layout: .sequence)
  }

  /// The input of a layer whose weights can be reordered, unless several calls share them.
  func reorderable(_ value: Value, _ call: InferenceGraph.Call) -> Value {
    guard case .flattened = value.layout, isShared(call) else { return value }
    return natural(value)
  }
}

/// `(1, 2)`, or `(1,)`.
func tuple(_ values: [Int]) -> String {
  "(" + values.map { "\($0)" }.joined(separator: ", ") + (values.count == 1 ? ",)" : ")")
}

extension InferenceGraph.Call {
  /// The layout of the images or sequences that the call takes and gives.
  var layout: TorchModule.Layout { isSequence ? .sequence : .channelsFirst }

  /// The number of axes of the images or sequences, as in `nn.Conv2d`.
  var dimensions: Int { isSequence ? 1 : 2 }

  /// `(height, width)`, or the width alone for sequences.
  func text(_ size: Size2D) -> String { text((size.height, size.width)) }

  /// `(height, width)`, or the width alone for sequences.
  func text(_ size: (height: Int, width: Int)) -> String {
    isSequence ? "\(size.width)" : "(\(size.height), \(size.width))"
  }
}

extension InferenceGraph {
  /// Whether an input is an image with channels first: one of three axes, unless the model permutes
  /// it itself or goes through its steps.
  fileprivate func isImage(input index: Int) -> Bool {
    inputs[index].shape.count == 3
      && !calls.contains { call in
        guard call.inputs == [index] else { return false }
        switch call.layer {
        case let layer as Permute: return layer.dims == [2, 3, 1]
        case is TimeDistributed, is ConvLSTM1D, is Embedding, is EinsumDense: return true
        default: return false
        }
      }
  }
}

extension Layer {
  /// Whether the layer computes with sequences or volumes with their channels first.
  fileprivate func takes(_ layout: TorchModule.Layout) -> Bool {
    let last: Int
    switch layout {
    case .sequence: last = 2
    case .volume: last = 4
    default: return true
    }
    return switch self {
    case let layer as BatchNormalization: layer.axis == -1 || layer.axis == last
    case let layer as GroupNormalization: layer.axis == -1 || layer.axis == last
    case is Spatial1D: layout == .sequence
    case is Conv3D, is Conv3DTranspose, is BasePooling3D, is BaseGlobalPooling3D, is Cropping3D,
      is ZeroPadding3D, is UpSampling3D:
      layout == .volume
    case is Activation, is Softmax, is LeakyReLU, is ELU, is ReLU, is Merge, is BaseConvLSTM: true
    default: false
    }
  }
}

extension TorchModule.Layout {
  /// Whether the channels are the axis after the batch.
  var hasChannelsFirst: Bool { [.channelsFirst, .sequence, .volume].contains(self) }

  /// The axis of PyTorch's tensor that is an axis of Keras's, the batch included.
  func axis(_ axis: Int) -> Int {
    switch self {
    case .channelsFirst: [0, 2, 3, 1][axis]
    case .sequence: [0, 2, 1][axis]
    case .volume: [0, 2, 3, 4, 1][axis]
    case .natural, .flattened: axis
    }
  }

  /// Brings numbers, one for each element of a row, into PyTorch's order.
  func ordered(_ values: [Float]) -> [Float] {
    guard case .flattened(let height, let width, let channels) = self else { return values }
    let area = height * width
    return (0..<channels).flatMap { channel in
      (0..<area).map { values[$0 * channels + channel] }
    }
  }
}

extension String {
  /// The name as a name in Python that no attribute of a module has.
  fileprivate var pythonName: String {
    let letters = unicodeScalars.map { letter -> Character in
      let isPlain =
        letter.isASCII && (letter.properties.isAlphabetic || ("0"..."9").contains(letter))
      return isPlain ? Character(letter) : "_"
    }
    let name = String(letters)
    let isAttribute = [
      "T_destination", "add_module", "and", "apply", "as", "assert", "async", "await", "bfloat16",
      "break", "buffers", "call_super_init", "children", "class", "compile", "continue", "cpu",
      "cuda", "def", "del", "double", "dump_patches", "elif", "else", "eval", "except",
      "extra_repr",
      "finally", "float", "for", "forward", "from", "global", "half", "if", "import", "in", "ipu",
      "is", "lambda", "load_state_dict", "modules", "mtia", "named_buffers", "named_children",
      "named_modules", "named_parameters", "nonlocal", "not", "or", "parameters", "pass", "raise",
      "register_buffer", "register_module", "register_parameter", "requires_grad_", "return",
      "share_memory", "state_dict", "to", "to_empty", "train", "training", "try", "type", "while",
      "with", "xpu", "yield", "zero_grad", "None", "True", "False",
    ].contains(name)
    let isNumber = name.unicodeScalars.first.map { ("0"..."9").contains($0) } ?? true
    return isNumber ? "layer_\(name)" : isAttribute || name.hasPrefix("_") ? "layer_\(name)" : name
  }
}
