package import Tensors

/// The memory that the gradients of a model take: the results of all layers, which are kept until
/// the gradients are known, the gradients of the largest of them, and those of the weights.
///
/// A few harmless layers can multiply the results, and a batch multiplies them again. So the memory
/// is computed before anything is allocated.
package struct GradientMemory {
  /// Bytes of results that every model may have.
  package static let allowance = Double(256 << 20)

  /// The share of the available memory that gradients may take.
  private static let share = 0.75

  private let cost: ModelCost
  private let inputCount: Double
  private let copies: Double

  /// Counts what a model needs.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - inputShapes: The shapes of the inputs, without the batch axis.
  ///   - copies: How often the weights are in memory: 4 with gradients and two moments.
  /// - Throws: ``ShapeError`` if a layer does not support its input shapes.
  package init(of model: GraphModel, inputShapes: [Shape], copies: Int) throws(ShapeError) {
    cost = try model.cost(inputShapes: inputShapes)
    inputCount = inputShapes.reduce(0) { $0 + $1.elements }
    self.copies = Double(copies)
  }

  /// Whether the results of the layers are not larger than known models have for such an input and
  /// so many weights.
  ///
  /// EfficientNetB7 has 18 elements for each weight and 1,100 for each of the input.
  private var isPlausible: Bool {
    cost.elements <= 0x1p10 * inputCount + 0x1p5 * cost.weights
  }

  /// The bytes of the results for one example, and of the gradients of the largest.
  private var bytesPerExample: Double { 4 * (cost.elements + cost.peak) }

  private var bytesOfWeights: Double { 4 * copies * cost.weights }

  /// Throws if gradients take more memory than the model may have.
  ///
  /// - Parameters:
  ///   - count: The number of examples in a batch.
  ///   - available: The available memory in bytes; `nil` if it is not known.
  /// - Throws: ``GradientMemoryError``.
  package func check(examples count: Int, available: Int?) throws(GradientMemoryError) {
    let results = Double(count) * bytesPerExample
    if !isPlausible, results > Self.allowance {
      throw GradientMemoryError(
        reason: .implausible, layer: cost.largestLayer, examples: count, bytes: results,
        limit: Self.allowance, fitting: Int(Self.allowance / bytesPerExample))
    }
    guard let available = available.map(Double.init) else { return }
    let bytes = results + bytesOfWeights
    let limit = Self.share * available
    if bytes > limit {
      throw GradientMemoryError(
        reason: .unavailable, layer: cost.largestLayer, examples: count, bytes: bytes,
        limit: available, fitting: Int(max(0, limit - bytesOfWeights) / max(1, bytesPerExample)))
    }
  }
}
