public import JSON
import Preconditions
public import Tensors

/// The base class of layers that average the steps of a sequence, weighted by their scores for each
/// step of another one: ``Attention`` and ``AdditiveAttention``.
///
/// The inputs are the queries `[batch, queries, features]`, the values `[batch, steps, size]`, and
/// the keys `[batch, steps, features]`, which are the values if they are left out. The output has
/// the shape `[batch, queries, size]`. Steps that the mask of the values leaves out do not count,
/// and outputs that the mask of the queries leaves out are 0.
///
/// See ``Attention`` for an example.
public class BaseAttention: Layer {
  /// Whether to learn a scale of the scores.
  public final let useScale: Bool

  /// The drop probability of the weights of the average, in `0..<1`.
  public final let dropout: Float

  /// Whether each step attends only to itself and to the steps before it: Keras's
  /// `use_causal_mask`, an argument of its calls.
  public private(set) final var isCausal: Bool

  private let isAlwaysCausal: Bool
  private let seedGenerator = SeedGenerator()

  init(
    useScale: Bool, dropout: Float, isCausal: Bool, name: String?, file: StaticString, line: UInt
  ) {
    require(
      dropout >= 0 && dropout < 1,
      "`dropout` must be at least 0 and less than 1, but is \(dropout).", file: file, line: line)
    (self.useScale, self.dropout, self.isCausal) = (useScale, dropout, isCausal)
    isAlwaysCausal = isCausal
    super.init(name: name)
  }

  /// Computes the scores `[batch, queries, steps]` of queries and keys.
  func scores(_ query: Tensor, _ key: Tensor) -> Tensor {
    fail("\(Self.className) must override `scores(_:_:)`.")
  }

  /// The number of elements that the scores of one example need.
  func scoreCount(_ query: Shape, _ key: Shape) -> Double {
    Double(query[0]) * Double(key[0])
  }

  /// Always `true`.
  public final override class var mergesInputs: Bool { true }

  /// `use_causal_mask`, if it is set.
  final override var callArguments: JSON.Object {
    isCausal ? ["use_causal_mask": .bool(true)] : [:]
  }

  final override func take(callArguments: JSON.Object) -> Bool {
    guard let isCausal = callArguments.causalMask else { return false }
    self.isCausal = isAlwaysCausal || isCausal
    return true
  }

  /// The options that differ from Keras's defaults.
  public override var config: JSON.Object {
    dropout > 0 ? ["dropout": .number(dropout)] : [:]
  }

  /// The random number generator of dropout.
  public final override var seedGenerators: [SeedGenerator] { [seedGenerator] }

  /// Whether the layer understands masks: it passes that of the queries on.
  public final override var supportsMasking: Bool { true }

  /// The shape of the queries, with the features of the values.
  public final override func outputShape(inputShapes: [Shape]) throws(ShapeError) -> Shape {
    guard (2...3).contains(inputShapes.count) else {
      throw ShapeError(
        self, "takes queries, values and perhaps keys, not \(inputShapes.count) inputs")
    }
    let (query, value) = (inputShapes[0], inputShapes[1])
    let key = inputShapes.count > 2 ? inputShapes[2] : value
    guard inputShapes.allSatisfy({ $0.count == 2 }), query[1] == key[1], key[0] == value[0] else {
      throw ShapeError(
        self,
        """
        needs inputs of the shapes [queries, features], [steps, size] and [steps, features], not \
        \(inputShapes.map { "\($0)" }.joined(separator: ", "))
        """)
    }
    return try mergedShape([query[0], value[1]])
  }

  /// Fails, because attention needs queries and values.
  public final override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    throw ShapeError(self, "takes queries, values and perhaps keys, not one input")
  }

  final override func workingCount(inputShapes: [Shape]) throws(ShapeError) -> Double {
    let output = try outputShape(inputShapes: inputShapes)
    let (query, key) = (inputShapes[0], inputShapes[inputShapes.count - 1])
    return output.elements + key.elements + scoreCount(query, key)
      + 3 * Double(query[0]) * Double(key[0])
  }

  final override func multiplicationCount(inputShapes: [Shape]) throws(ShapeError) -> Double {
    let output = try outputShape(inputShapes: inputShapes)
    let (query, key) = (inputShapes[0], inputShapes[inputShapes.count - 1])
    return query.elements * Layer.vectorized(key[0])
      + Double(query[0]) * Double(key[0]) * Layer.vectorized(output[1])
      + 16 * scoreCount(query, key)
  }

  /// Averages the values.
  public final override func call(_ inputs: [Tensor], training: Bool) -> Tensor {
    require(
      (2...3).contains(inputs.count),
      "The layer '\(name)' takes two or three inputs, but got \(inputs.count).")
    let (query, value) = (inputs[0], inputs[1])
    let scores = scores(query, inputs.count > 2 ? inputs[2] : value)
    var masks = value.mask.map { [AttentionMask.steps($0)] } ?? []
    if isCausal { masks.append(AttentionMask.causal(query.shape[1], value.shape[1])) }
    var weights = scores.attentionWeights(AttentionMask.all(masks))
    if training, dropout > 0 {
      weights = weights.dropout(rate: dropout, stream: seedGenerator.next())
    }
    let output = weights.batchMatrixProduct(value)
    guard let mask = query.mask else { return output }
    return Tensor.where(AttentionMask.queries(mask), output, Tensor(0))
  }

  /// Fails, because attention needs queries and values.
  public final override func call(_ x: Tensor, training: Bool) -> Tensor {
    call([x], training: training)
  }
}

extension JSON.Object {
  /// Whether the arguments of a call ask for a causal mask; `nil` if others are not supported.
  var causalMask: Bool? {
    var isCausal = false
    for (key, value) in self {
      switch (key, value.truth) {
      case ("use_causal_mask", let truth?): isCausal = truth
      case ("return_attention_scores", false): break
      default: return nil
      }
    }
    return isCausal
  }
}
