public import JSON
public import Tensors

/// Dot-product attention: averages values, weighted by the softmax of the products of queries and
/// keys.
///
/// Source: M. Luong et al., *Effective Approaches to Attention-based Neural Machine Translation*,
/// EMNLP 2015.
///
/// ```swift
/// let layer = Attention()
/// let (query, value) = (Tensor(zeros: [8, 5, 16]), Tensor(zeros: [8, 50, 16]))
/// let context = layer([query, value])  // [8, 5, 16]
/// ```
public final class Attention: BaseAttention {
  /// How scores are computed; the raw values are Keras's.
  public enum ScoreMode: String, CaseIterable, Sendable {
    /// The dot product of query and key.
    case dot
    /// The sum of tanh(query + key), with a learned factor.
    case concatenate = "concat"
  }

  /// How scores are computed.
  public let scoreMode: ScoreMode

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - useScale: Whether to learn a scale of the scores.
  ///   - scoreMode: How scores are computed.
  ///   - dropout: The drop probability of the weights of the average, in `0..<1`.
  ///   - isCausal: Whether each step attends only to itself and to the steps before it.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    useScale: Bool = false, scoreMode: ScoreMode = .dot, dropout: Float = 0,
    isCausal: Bool = false, name: String? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    self.scoreMode = scoreMode
    super.init(
      useScale: useScale, dropout: dropout, isCausal: isCausal, name: name, file: file, line: line)
  }

  /// The options that differ from Keras's defaults.
  public override var config: JSON.Object {
    var config = super.config
    if useScale { config["use_scale"] = .bool(true) }
    if scoreMode != .dot { config["score_mode"] = .string(scoreMode.rawValue) }
    return config
  }

  /// The scale and the factor of the sum, as far as they are used.
  public override func weightSpecifications(
    inputShape: Shape
  ) throws(ShapeError) -> [WeightSpecification] {
    var names = useScale ? ["scale"] : []
    if scoreMode == .concatenate { names.append("concat_score_weight") }
    return names.map { WeightSpecification($0, shape: [], initializer: .ones) }
  }

  override func scores(_ query: Tensor, _ key: Tensor) -> Tensor {
    switch scoreMode {
    case .dot:
      let scores = query.batchMatrixProduct(key.transposed([0, 2, 1]))
      return useScale ? scores * weights[0].value : scores
    case .concatenate:
      let sums = query.expanded(after: 1) + key.expanded(after: 0)
      let scaled = useScale ? sums * weights[0].value : sums
      return scaled.tanh().sum(axes: [3]) * weights[weights.count - 1].value
    }
  }

  override func scoreCount(_ query: Shape, _ key: Shape) -> Double {
    scoreMode == .dot ? super.scoreCount(query, key) : 4 * query.elements * Double(key[0])
  }
}

extension Tensor {
  /// The tensor with an axis of extent 1 after another axis.
  func expanded(after axis: Int) -> Tensor {
    reshaped(Shape(shape.prefix(axis + 1) + [1] + shape.dropFirst(axis + 1)))
  }
}

extension Attention: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    let text = reader.config["score_mode"]?.string ?? "none"
    guard let mode = ScoreMode(rawValue: reader.has("score_mode") ? text : "dot") else {
      throw reader.problem("score_mode", "is \(text), neither 'dot' nor 'concat'")
    }
    reader.ignore("seed")
    self.init(
      useScale: try reader.bool("use_scale", default: false), scoreMode: mode,
      dropout: try reader.rate("dropout"), isCausal: try reader.bool("causal", default: false),
      name: reader.name)
  }
}
