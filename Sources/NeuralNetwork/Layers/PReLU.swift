public import JSON
public import Tensors

/// The parametric rectified linear unit: x for positive x, otherwise a learned alpha · x.
///
/// Source: K. He et al., *Delving Deep into Rectifiers*, ICCV 2015.
///
/// ```swift
/// let layer = PReLU(sharedAxes: [1, 2])  // one slope for each channel
/// let y = layer(Tensor(zeros: [8, 28, 28, 16]))  // [8, 28, 28, 16]
/// let slopes = layer.alpha.shape  // [1, 1, 16]
/// ```
public final class PReLU: Layer {
  /// The axes along which elements share one alpha, counted with the batch axis as 0.
  public let sharedAxes: [Int]

  private let alphaInitializer: Initializer

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - sharedAxes: The axes along which elements share one alpha, counted with the batch axis as
  ///     0: `[1, 2]` learns one alpha for each channel of images.
  ///   - alphaInitializer: The initializer of alpha.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  public init(
    sharedAxes: [Int] = [], alphaInitializer: Initializer = .zeros, name: String? = nil
  ) {
    self.sharedAxes = sharedAxes
    self.alphaInitializer = alphaInitializer
    super.init(name: name)
  }

  /// The slopes alpha, with the shape of the input without the batch axis, and extent 1 for shared
  /// axes.
  ///
  /// - Precondition: The layer is built.
  public var alpha: Variable { weight(0) }

  /// The options that differ from Keras's defaults.
  public override var config: JSON.Object {
    sharedAxes.isEmpty ? [:] : ["shared_axes": .array(sharedAxes.map(JSON.integer))]
  }

  /// The weight alpha.
  public override func weightSpecifications(inputShape: Shape) throws(ShapeError)
    -> [WeightSpecification]
  {
    guard sharedAxes.allSatisfy((1..<inputShape.count + 1).contains) else {
      throw ShapeError(self, "shares the axes \(sharedAxes), which the input \(inputShape) has not")
    }
    let shape = Shape(inputShape.indices.map { sharedAxes.contains($0 + 1) ? 1 : inputShape[$0] })
    return [WeightSpecification("alpha", shape: shape, initializer: alphaInitializer)]
  }

  /// Whether the layer passes a mask on: it does.
  public override var supportsMasking: Bool { true }

  /// Applies the function.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    x.relu() - (-x).relu() * alpha.value
  }
}

extension PReLU: KerasLayer {
  /// The names of the variables.
  package static var variableNames: [String] { ["alpha"] }

  /// The options of initializers with Keras's defaults.
  package static var initializers: [String: String] {
    ["alpha_initializer": "zeros"]
  }

  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    self.init(
      sharedAxes: try reader.integers("shared_axes", in: 1...8) ?? [], name: reader.name)
  }
}
