public import JSON
import Preconditions
public import Tensors

/// Turns whole numbers, such as those of words, into vectors that are learned.
///
/// ```swift
/// let layer = Embedding(1000, 16)
/// let vectors = layer(Tensor(zeros: [8, 50]))  // [8, 50] → [8, 50, 16]
/// ```
public final class Embedding: Layer {
  /// The number of vectors; inputs are whole numbers in `0..<inputCount`.
  public let inputCount: Int
  /// The number of elements of a vector.
  public let units: Int
  /// Whether the number 0 is padding: its steps are masked.
  public let masksZero: Bool

  private let initializer: Initializer

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - inputCount: The number of vectors, at least 1: Keras's `input_dim`.
  ///   - units: The number of elements of a vector, at least 1: Keras's `output_dim`.
  ///   - masksZero: Whether the number 0 is padding, whose steps are masked: Keras's `mask_zero`.
  ///   - initializer: The initializer of the vectors.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    _ inputCount: Int, _ units: Int, masksZero: Bool = false,
    initializer: Initializer = .randomUniform(), name: String? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    require(
      inputCount > 0 && units > 0,
      "Embedding: `inputCount` and `units` must be at least 1, but are \(inputCount) and \(units).",
      file: file, line: line)
    self.inputCount = inputCount
    self.units = units
    self.masksZero = masksZero
    self.initializer = initializer
    super.init(name: name)
  }

  /// The vectors, of shape `[inputCount, units]`.
  ///
  /// - Precondition: The layer is built.
  public var embeddings: Variable { weight(0) }

  /// The options in Keras's form.
  public override var config: JSON.Object {
    var config: JSON.Object = [
      "input_dim": .integer(inputCount), "output_dim": .integer(units),
    ]
    if masksZero { config["mask_zero"] = .bool(true) }
    return config
  }

  /// Whether the layer understands masks: it makes them if 0 is padding.
  public override var supportsMasking: Bool { masksZero }

  /// The numbers that are not 0.
  public override func computeMask(_ inputs: [Tensor]) -> Tensor? {
    Tensor(inputs[0].scalars.map { $0 == 0 ? 0 : 1 }, shape: inputs[0].shape)
  }

  /// The vectors.
  public override func weightSpecifications(
    inputShape: Shape
  ) throws(ShapeError) -> [WeightSpecification] {
    [WeightSpecification("embeddings", shape: [inputCount, units], initializer: initializer)]
  }

  /// The shape of the input, and the number of elements of a vector.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    Shape(inputShape.dimensions + [units])
  }

  /// Looks the vectors up; numbers that are not whole lose their fractions, as in Keras.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    embeddings.value.rows(at: Tensor(x.scalars.map { $0.rounded(.towardZero) }, shape: x.shape))
  }
}

extension Layer {
  /// The first layer that is an `Embedding`, of this one and those in it; `nil` if there is none.
  package var firstEmbedding: Embedding? {
    self as? Embedding ?? innerLayers.lazy.compactMap(\.firstEmbedding).first
  }
}

extension Embedding: KerasLayer {
  /// The names of the variables.
  package static var variableNames: [String] { ["embeddings"] }

  /// The options of initializers with Keras's defaults.
  package static var initializers: [String: String] { ["embeddings_initializer": "uniform"] }

  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    try reader.require("quantization_config")
    try reader.require("lora_rank")
    self.init(
      try reader.integer("input_dim", atMost: 1 << 24),
      try reader.integer("output_dim", atMost: OptionReader.Limit.units),
      masksZero: try reader.bool("mask_zero", default: false), name: reader.name)
  }
}
