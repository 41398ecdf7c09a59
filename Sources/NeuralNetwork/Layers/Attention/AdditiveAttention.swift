public import JSON
public import Tensors

/// Additive attention: averages values, weighted by the softmax of Σ scale · tanh(query + key).
///
/// Source: D. Bahdanau et al., *Neural Machine Translation by Jointly Learning to Align and
/// Translate*, ICLR 2015.
///
/// ```swift
/// let layer = AdditiveAttention()
/// let (query, value) = (Tensor(zeros: [8, 5, 16]), Tensor(zeros: [8, 50, 16]))
/// let context = layer([query, value])  // [8, 5, 16]
/// ```
public final class AdditiveAttention: BaseAttention {
  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - useScale: Whether to learn a scale for each feature.
  ///   - dropout: The drop probability of the weights of the average, in `0..<1`.
  ///   - isCausal: Whether each step attends only to itself and to the steps before it.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public override init(
    useScale: Bool = true, dropout: Float = 0, isCausal: Bool = false, name: String? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    super.init(
      useScale: useScale, dropout: dropout, isCausal: isCausal, name: name, file: file, line: line)
  }

  /// The options that differ from Keras's defaults.
  public override var config: JSON.Object {
    var config = super.config
    if !useScale { config["use_scale"] = .bool(false) }
    return config
  }

  /// The scale of each feature, if it is used.
  public override func weightSpecifications(
    inputShape: Shape
  ) throws(ShapeError) -> [WeightSpecification] {
    guard useScale else { return [] }
    guard let features = inputShape.last else {
      throw ShapeError(self, "needs an input with at least one axis, not \(inputShape)")
    }
    return [WeightSpecification("scale", shape: [features], initializer: .glorotUniform)]
  }

  override func scores(_ query: Tensor, _ key: Tensor) -> Tensor {
    let values = (query.expanded(after: 1) + key.expanded(after: 0)).tanh()
    return (useScale ? values * weights[0].value : values).sum(axes: [3])
  }

  override func scoreCount(_ query: Shape, _ key: Shape) -> Double {
    3 * query.elements * Double(key[0])
  }
}

extension AdditiveAttention: KerasLayer {
  /// The names of the variables.
  package static var variableNames: [String] { ["scale"] }

  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    reader.ignore("seed")
    self.init(
      useScale: try reader.bool("use_scale", default: true),
      dropout: try reader.rate("dropout"), isCausal: try reader.bool("causal", default: false),
      name: reader.name)
  }
}
