public import JSON
import Preconditions
public import Tensors

/// Multi-head attention: dot-product attention of several projections of the inputs, whose results
/// are projected to the output.
///
/// Source: A. Vaswani et al., *Attention Is All You Need*, NeurIPS 2017. The inputs are the
/// queries `[batch, queries, a]`, the values `[batch, steps, b]`, and the keys `[batch, steps, c]`,
/// which are the values if they are left out. The masks of all of them count.
///
/// ```swift
/// let layer = MultiHeadAttention(heads: 4, keySize: 8)
/// let x = Tensor(zeros: [8, 50, 32])
/// let y = layer([x, x])  // [8, 50, 32]
/// ```
public final class MultiHeadAttention: Layer {
  /// The number of heads.
  public let heads: Int
  /// The features of queries and keys in a head.
  public let keySize: Int
  /// The features of values in a head.
  public let valueSize: Int
  /// The shape of a step of the output; `nil` for the features of the queries.
  public let outputFeatures: [Int]?
  /// Whether the projections add a bias.
  public let useBias: Bool
  /// Whether the result of each head is multiplied by a sigmoid of the queries: Keras's `use_gate`.
  public let useGate: Bool
  /// The drop probability of the weights of the average, in `0..<1`.
  public let dropout: Float
  /// Each step attends to those less than this number of steps away; `nil` for all.
  public let window: Int?
  /// Whether each step attends only to itself and to the steps before it: Keras's
  /// `use_causal_mask`, an argument of its calls.
  public private(set) var isCausal: Bool

  /// The result of a query that may attend to no step.
  package enum EmptyRows {
    /// The average of all values, without gradients of the scores: Keras 3 without dropout.
    case averaged
    /// The average of all values, with gradients of the scores: tf_keras.
    case averagedByScores
    /// No values: Keras 3 with dropout.
    case zero
  }

  /// The result of a query that may attend to no step, in the Keras of the file.
  package private(set) var emptyRows: EmptyRows
  /// The option `softmax_robust_masking` of tf_keras.
  private var isRobust = false
  private let seedGenerator = SeedGenerator()

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - heads: The number of heads, at least 1: Keras's `num_heads`.
  ///   - keySize: The features of queries and keys in a head, at least 1: Keras's `key_dim`.
  ///   - valueSize: The features of values in a head; `nil` for `keySize`: Keras's `value_dim`.
  ///   - outputFeatures: The shape of a step of the output; `nil` for the features of the queries:
  ///     Keras's `output_shape`.
  ///   - useBias: Whether the projections add a bias.
  ///   - useGate: Whether the result of each head is multiplied by a sigmoid of the queries.
  ///   - dropout: The drop probability of the weights of the average, in `0..<1`.
  ///   - window: Each step attends to those less than this number of steps away; `nil` for all:
  ///     Keras's `sliding_window`.
  ///   - isCausal: Whether each step attends only to itself and to the steps before it.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    heads: Int, keySize: Int, valueSize: Int? = nil, outputFeatures: [Int]? = nil,
    useBias: Bool = true, useGate: Bool = false, dropout: Float = 0, window: Int? = nil,
    isCausal: Bool = false, name: String? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    let counts = [heads, keySize, valueSize ?? keySize, window ?? 1] + (outputFeatures ?? [1])
    require(
      !counts.isEmpty && counts.allSatisfy { $0 > 0 } && outputFeatures?.isEmpty != true,
      """
      MultiHeadAttention: `heads`, `keySize`, `valueSize`, `window` and `outputFeatures` must be \
      at least 1, but are \(counts).
      """, file: file, line: line)
    require(
      dropout >= 0 && dropout < 1,
      "`dropout` must be at least 0 and less than 1, but is \(dropout).", file: file, line: line)
    (self.heads, self.keySize, self.valueSize) = (heads, keySize, valueSize ?? keySize)
    (self.outputFeatures, self.useBias, self.useGate) = (outputFeatures, useBias, useGate)
    (self.dropout, self.window, self.isCausal) = (dropout, window, isCausal)
    emptyRows = dropout > 0 ? .zero : .averaged
    super.init(name: name)
  }

  /// Always `true`.
  public override class var mergesInputs: Bool { true }

  /// The names of the inputs in Keras's order.
  static let arguments = ["query", "value", "key"]

  override var argumentNames: [String] { order }

  override var positionalArguments: [String] { Self.arguments }

  override func take(argumentNames: [String]) { order = argumentNames }

  private var order = MultiHeadAttention.arguments

  /// The inputs in Keras's order.
  package func arranged<Input>(_ inputs: [Input]) -> [Input] {
    guard order != Self.arguments, inputs.count == 3 else { return inputs }
    return Self.arguments.compactMap { name in order.firstIndex(of: name).map { inputs[$0] } }
  }

  /// The mask of the queries.
  public override func computeMask(_ inputs: [Tensor]) -> Tensor? { arranged(inputs)[0].mask }

  /// `use_causal_mask`, if it is set.
  override var callArguments: JSON.Object { isCausal ? ["use_causal_mask": .bool(true)] : [:] }

  override func take(callArguments: JSON.Object) -> Bool {
    guard let isCausal = callArguments.causalMask else { return false }
    self.isCausal = isCausal
    return true
  }

  /// The options in Keras's form.
  public override var config: JSON.Object {
    var config: JSON.Object = [
      "num_heads": .integer(heads), "key_dim": .integer(keySize), "value_dim": .integer(valueSize),
    ]
    if let outputFeatures { config["output_shape"] = .array(outputFeatures.map(JSON.integer)) }
    if !useBias { config["use_bias"] = .bool(false) }
    if useGate { config["use_gate"] = .bool(true) }
    if dropout > 0 { config["dropout"] = .number(dropout) }
    if let window { config["sliding_window"] = .integer(window) }
    return config
  }

  /// The options with the shapes without which tf_keras cannot read them.
  override func config(for dialect: KerasDialect) -> JSON.Object {
    var config = super.config(for: dialect)
    guard dialect == .keras2 else { return config }
    if isRobust { config["softmax_robust_masking"] = .bool(true) }
    for (key, part) in [("query_shape", 0), ("key_shape", 1), ("value_shape", useGate ? 3 : 2)] {
      let kernel = part * (useBias ? 2 : 1)
      config[key] =
        isBuilt ? .array([.null, .null, .integer(weights[kernel].shape[0])]) : .null
    }
    return config
  }

  /// tf_keras penalizes the output, and Keras 3 the projections.
  override var penalizesOwnOutputs: Bool { penalizesAsKeras2 }

  /// What Keras 2 does not have; `nil` if it has all that is used.
  var featureOfKeras3: String? {
    useGate ? "the option use_gate" : window == nil ? nil : "the option sliding_window"
  }

  /// The random number generator of dropout.
  public override var seedGenerators: [SeedGenerator] { [seedGenerator] }

  /// Whether the layer understands masks: it passes that of the queries on.
  public override var supportsMasking: Bool { true }

  /// The projections, in the order of the weights.
  private enum Projection: Int {
    case query, key, gate, value, output

    /// The prefix of the names of its weights.
    var name: String { ["query", "key", "gate", "value", "attention_output"][rawValue] }
    /// The group of its weights in files.
    var group: String { ["query", "key", "gate", "value", "output"][rawValue] + "_dense/" }
  }

  private var projections: [Projection] {
    [.query, .key] + (useGate ? [.gate] : []) + [.value, .output]
  }

  /// Keras's projections have the weights.
  package override func group(ofWeight index: Int) -> String {
    projections[index / (useBias ? 2 : 1)].group
  }

  /// The shapes of queries, values and keys, which must fit together.
  private func shapes(
    _ inputs: [Shape]
  ) throws(ShapeError) -> (query: Shape, value: Shape, key: Shape) {
    guard (2...3).contains(inputs.count) else {
      throw ShapeError(self, "takes queries, values and perhaps keys, not \(inputs.count) inputs")
    }
    let inputs = arranged(inputs)
    let key = inputs[inputs.count - 1]
    guard inputs.allSatisfy({ $0.count == 2 }), key[0] == inputs[1][0] else {
      throw ShapeError(
        self,
        """
        needs inputs of the shapes [queries, a], [steps, b] and [steps, c], not \
        \(inputs.map { "\($0)" }.joined(separator: ", "))
        """)
    }
    return (inputs[0], inputs[1], key)
  }

  /// The kernel and the bias of each projection.
  override func weightSpecifications(
    inputShapes: [Shape]
  ) throws(ShapeError) -> [WeightSpecification] {
    let (query, value, key) = try shapes(inputShapes)
    return projections.flatMap { projection in
      let kernel: [Int]
      let size = [.query, .key].contains(projection) ? keySize : valueSize
      switch projection {
      case .query, .gate: kernel = [query[1], heads, size]
      case .key: kernel = [key[1], heads, size]
      case .value: kernel = [value[1], heads, size]
      case .output: kernel = [heads, size] + (outputFeatures ?? [query[1]])
      }
      let name = projection.name
      let weights = [
        WeightSpecification(
          "\(name)_kernel", shape: Shape(kernel), initializer: .glorotUniform),
        WeightSpecification(
          "\(name)_bias", shape: Shape(kernel.dropFirst(projection == .output ? 2 : 1)),
          initializer: .zeros),
      ]
      return Array(weights.prefix(useBias ? 2 : 1))
    }
  }

  /// Creates the weights.
  public override func build(inputShapes: [Shape]) {
    createWeights { () throws(ShapeError) in try weightSpecifications(inputShapes: inputShapes) }
  }

  /// The shape of the queries, with the features of the output.
  public override func outputShape(inputShapes: [Shape]) throws(ShapeError) -> Shape {
    let query = try shapes(inputShapes).query
    return try mergedShape([query[0]] + (outputFeatures ?? [query[1]]))
  }

  /// Fails, because attention needs queries and values.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    throw ShapeError(self, "takes queries, values and perhaps keys, not one input")
  }

  override func workingCount(inputShapes: [Shape]) throws(ShapeError) -> Double {
    let (query, value, key) = try shapes(inputShapes)
    let projected =
      Double(2 * query[0] + 3 * key[0]) * Double(keySize)
      + Double(2 * value[0] + 3 * query[0]) * Double(valueSize)
    return try outputShape(inputShapes: inputShapes).elements
      + Double(heads) * (projected + 4 * Double(query[0]) * Double(key[0]))
  }

  /// The number of multiplications, without those that fill vectors.
  func productCount(_ inputShapes: [Shape]) throws(ShapeError) -> Double {
    let (query, value, key) = try shapes(inputShapes)
    let rows = Double(heads) * Double(query[0])
    let inputs =
      (query.elements + key.elements) * Double(heads * keySize)
      + (value.elements + (useGate ? query.elements : 0)) * Double(heads * valueSize)
    let output = Shape(try outputShape(inputShapes: inputShapes).dropFirst()).elements
    return inputs + rows * Double(key[0]) * Double(keySize + valueSize)
      + rows * Double(valueSize) * output
  }

  override func multiplicationCount(inputShapes: [Shape]) throws(ShapeError) -> Double {
    let (query, value, key) = try shapes(inputShapes)
    let output = try outputShape(inputShapes: inputShapes)
    let keys = (query.elements + key.elements) * Layer.vectorized(heads * keySize)
    let values =
      (value.elements + (useGate ? query.elements : 0)) * Layer.vectorized(heads * valueSize)
    let rows = Double(query[0]) * Double(heads)
    let scores =
      rows
      * (Double(keySize) * Layer.vectorized(key[0])
        + Double(key[0]) * (16 + Layer.vectorized(valueSize)))
    return keys + values + scores
      + rows * Double(valueSize) * Layer.vectorized(output.dropFirst().reduce(1, *))
  }

  /// Attends to the values.
  public override func call(_ inputs: [Tensor], training: Bool) -> Tensor {
    require(
      (2...3).contains(inputs.count) && inputs.allSatisfy { $0.rank == 3 },
      """
      The layer '\(name)' takes two or three inputs of three axes, but got the shapes \
      \(inputs.map(\.shape)).
      """)
    let inputs = arranged(inputs)
    let (query, value, key) = (inputs[0], inputs[1], inputs[inputs.count - 1])
    let (batch, queries, steps) = (query.shape[0], query.shape[1], value.shape[1])

    var masks = inputs.dropFirst().compactMap(\.mask).map(AttentionMask.steps)
    if let mask = query.mask { masks.append(AttentionMask.queries(mask)) }
    if isCausal { masks.append(AttentionMask.causal(queries, steps)) }
    if let window { masks.append(AttentionMask.window(queries, steps, width: window)) }
    let mask = AttentionMask.all(masks).map { $0.expanded(after: 0) }

    let scale = 1 / Float(keySize).squareRoot()
    let scores = (projected(query, .query) * scale)
      .batchMatrixProduct(projected(key, .key).transposed([0, 2, 1]))
      .reshaped([batch, heads, queries, steps])
    var weights =
      switch (mask, emptyRows) {
      case (let mask?, .averaged): Tensor.where(mask, scores, Tensor(-1e9)).softmax()
      case (let mask?, .zero):
        Tensor.where(mask, Tensor.where(mask, scores, Tensor(-1e9)).softmax(), Tensor(0))
      case (_, .averagedByScores), (nil, _): scores.attentionWeights(mask)
      }
    if training, dropout > 0 {
      weights = weights.dropout(rate: dropout, stream: seedGenerator.next())
    }
    var results = weights.reshaped([batch * heads, queries, steps])
      .batchMatrixProduct(projected(value, .value))
    if useGate { results = results * projected(query, .gate) }
    let rows = results.reshaped([batch, heads, queries, valueSize]).transposed([0, 2, 1, 3])
      .reshaped([batch * queries, heads * valueSize])

    let (kernel, bias) = variables(of: .output)
    let features = kernel.shape.dropFirst(2)
    let width = features.reduce(1, *)
    let output = rows.matrixProduct(
      kernel.reshaped([heads * valueSize, width]), bias: bias?.reshaped([width]))
    if !penalizesOwnOutputs { penalize([output], batch: batch) }
    return output.reshaped(Shape([batch, queries] + features))
  }

  /// Fails, because attention needs queries and values.
  public override func call(_ x: Tensor, training: Bool) -> Tensor { call([x], training: training) }

  private func variables(of projection: Projection) -> (kernel: Tensor, bias: Tensor?) {
    let index = (projections.firstIndex(of: projection) ?? 0) * (useBias ? 2 : 1)
    return (weights[index].value, useBias ? weights[index + 1].value : nil)
  }

  /// Projects `[batch, steps, features]` to `[batch · heads, steps, size]`; that of the gate is its
  /// sigmoid.
  private func projected(_ x: Tensor, _ projection: Projection) -> Tensor {
    let (kernel, bias) = variables(of: projection)
    let (batch, steps, features) = (x.shape[0], x.shape[1], x.shape[2])
    let size = kernel.shape[2]
    require(
      features == kernel.shape[0],
      """
      The layer '\(name)' takes \(projection.name) inputs with \(kernel.shape[0]) features, but \
      got a tensor of shape \(x.shape).
      """)
    let product = x.reshaped([batch * steps, features]).matrixProduct(
      kernel.reshaped([features, heads * size]), bias: bias?.reshaped([heads * size]))
    let output = projection == .gate ? product.sigmoid() : product
    if !penalizesOwnOutputs { penalize([output], batch: batch) }
    return output.reshaped([batch, steps, heads, size]).transposed([0, 2, 1, 3])
      .reshaped([batch * heads, steps, size])
  }
}

extension MultiHeadAttention: KerasLayer {
  /// The names of the variables, with all biases and without a gate.
  package static var variableNames: [String] {
    ["query", "key", "value", "attention_output"].flatMap { ["\($0)_kernel", "\($0)_bias"] }
  }

  /// The options of initializers with Keras's defaults.
  package static var initializers: [String: String] {
    ["kernel_initializer": "glorot_uniform", "bias_initializer": "zeros"]
  }

  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    func count(_ key: String, atMost limit: Int) throws(KerasError) -> Int? {
      guard let value = reader.config[key], value != .null else { return nil }
      return try reader.integer(key, atMost: limit)
    }
    // Source: `attention_axes` of Keras, which names the axes of the steps without the features.
    let axes = try reader.integers("attention_axes", in: -8...8) ?? [1]
    guard [[1], [-2]].contains(axes) else {
      throw reader.problem("attention_axes", "is \(axes), but only 1 is supported")
    }
    let limit = OptionReader.Limit.channels
    let features = try reader.integers("output_shape", in: 1...limit)
    guard features.map({ (1...3).contains($0.count) }) ?? true,
      (features ?? []).reduce(1, { $0 * Double($1) }) <= Double(OptionReader.Limit.units)
    else {
      throw reader.invalid(
        "output_shape", "is not 1 to 3 whole numbers, or their product is too large", above: limit)
    }
    // Keras computes the same with each of them.
    for key in ["seed", "flash_attention"] { reader.ignore(key) }
    for key in ["query_shape", "key_shape", "value_shape"] { reader.ignore(key) }
    self.init(
      heads: try reader.integer("num_heads", atMost: 1 << 12),
      keySize: try reader.integer("key_dim", atMost: limit),
      valueSize: try count("value_dim", atMost: limit), outputFeatures: features,
      useBias: try reader.bool("use_bias", default: true),
      useGate: try reader.bool("use_gate", default: false), dropout: try reader.rate("dropout"),
      window: try count("sliding_window", atMost: 1 << 20), name: reader.name)
    isRobust = try reader.bool("softmax_robust_masking", default: false)
    if reader.generation != .keras3 { emptyRows = isRobust ? .averaged : .averagedByScores }
  }
}
