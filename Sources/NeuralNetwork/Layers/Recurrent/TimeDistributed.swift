public import JSON
import Preconditions
public import Tensors

/// Applies a layer to each step of sequences.
///
/// ```swift
/// let layer = TimeDistributed(Dense(4))
/// let steps = layer(Tensor(zeros: [8, 50, 3]))  // [8, 50, 3] → [8, 50, 4]
/// ```
public final class TimeDistributed: Layer {
  /// The layer, which uses the weights of this one.
  public let layer: Layer

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - layer: The layer for each step: not a model, and with one input.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    _ layer: Layer, name: String? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    require(
      Self.supports(layer), "TimeDistributed takes a layer with one input that is not a model.",
      file: file, line: line)
    self.layer = layer
    super.init(name: name)
  }

  fileprivate static func supports(_ layer: Layer) -> Bool {
    !(layer is Model) && !Swift.type(of: layer).mergesInputs
  }

  /// The layer in Keras's form.
  public override var config: JSON.Object { ["layer": object(layer.config)] }

  /// The layer in the form of a Keras generation.
  override func config(for dialect: KerasDialect) -> JSON.Object {
    ["layer": object(layer.config(for: dialect))]
  }

  private func object(_ config: JSON.Object) -> JSON {
    var config = config
    config["name"] = .string(layer.name)
    return .object([
      "class_name": .string(Swift.type(of: layer).className), "config": .object(config),
    ])
  }

  /// The activation functions that cannot be replaced by layers after this one.
  override var gateFunctions: [ActivationFunction] {
    let activation = layer.config["activation"]?.string.flatMap(ActivationFunction.init)
    return layer.gateFunctions + (activation.map { [$0] } ?? [])
  }

  /// The random number generators of the layer.
  public override var seedGenerators: [SeedGenerator] { layer.seedGenerators }

  /// Whether calls may run at once.
  public override var isThreadSafe: Bool { layer.isThreadSafe }

  /// Whether the layer passes a mask on: it does.
  public override var supportsMasking: Bool { true }

  /// The weights of the layer.
  public override func weightSpecifications(
    inputShape: Shape
  ) throws(ShapeError) -> [WeightSpecification] {
    try layer.weightSpecifications(inputShape: try step(inputShape))
  }

  override func didCreateWeights() {
    let specifications = weights.map {
      WeightSpecification(
        $0.name, shape: $0.shape, initializer: .zeros, isTrainable: $0.isTrainable,
        isInteger: $0.isInteger)
    }
    layer.share(weights, as: specifications)
  }

  /// Keras's inner layer has the weights.
  package override func group(ofWeight index: Int) -> String {
    "layer/\(layer.group(ofWeight: index))"
  }

  /// The number of steps, and the output shape of the layer.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    Shape(
      inputShape.prefix(1) + (try layer.outputShape(inputShape: try step(inputShape))).dimensions)
  }

  private func step(_ inputShape: Shape) throws(ShapeError) -> Shape {
    guard inputShape.count > 1 else {
      throw ShapeError(self, "needs an input with steps and features, not \(inputShape)")
    }
    return Shape(inputShape.dropFirst())
  }

  override func workingCount(inputShape: Shape) throws(ShapeError) -> Double {
    try layer.workingCount(inputShape: try step(inputShape)) * Double(inputShape[0])
  }

  override func multiplicationCount(inputShape: Shape) throws(ShapeError) -> Double {
    try layer.multiplicationCount(inputShape: try step(inputShape)) * Double(inputShape[0])
  }

  /// Applies the layer to each step.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    let (batch, steps) = (x.shape[0], x.shape[1])
    let y = layer.call(
      x.reshaped(Shape([batch * steps] + x.shape.dropFirst(2))), training: training)
    return y.reshaped(Shape([batch, steps] + y.shape.dropFirst()))
  }
}

extension TimeDistributed: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    let layer = try reader.layer("layer")
    guard Self.supports(layer) else {
      throw reader.problem("layer", "is a model or has several inputs, which is not supported")
    }
    self.init(layer, name: reader.name)
  }
}
