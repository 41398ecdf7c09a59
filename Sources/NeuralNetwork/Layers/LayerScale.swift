public import JSON
import Preconditions
public import Tensors

/// Multiplies each channel by a trained factor, as the blocks of ConvNeXt do.
///
/// Source: Liu et al., "A ConvNet for the 2020s" (2022), after Touvron et al. (2021).
///
/// ```swift
/// let layer = LayerScale(64, initialValue: 1e-6)
/// let scaled = layer(Tensor(zeros: [8, 7, 7, 64]))  // [8, 7, 7, 64]
/// ```
public final class LayerScale: Layer {
  /// The number of channels: Keras's `projection_dim`.
  public let channels: Int

  /// The value of all factors before training: Keras's `init_values`.
  public let initialValue: Double

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - channels: The number of channels, at least 1.
  ///   - initialValue: The value of all factors before training.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    _ channels: Int, initialValue: Double = 1e-6, name: String? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    require(
      channels >= 1, "LayerScale: `channels` must be at least 1, but is \(channels).", file: file,
      line: line)
    require(
      initialValue.isFinite, "LayerScale: `initialValue` must be finite, but is \(initialValue).",
      file: file, line: line)
    self.channels = channels
    self.initialValue = initialValue
    super.init(name: name)
  }

  /// The number of channels and the initial value, which Keras requires in files.
  public override var config: JSON.Object {
    ["init_values": .number(initialValue), "projection_dim": .integer(channels)]
  }

  /// The factors: `gamma`, of shape `[channels]`.
  public override func weightSpecifications(
    inputShape: Shape
  ) throws(ShapeError) -> [WeightSpecification] {
    guard inputShape.last == channels else {
      throw ShapeError(self, "has \(channels) factors, which do not fit the input \(inputShape)")
    }
    return [
      WeightSpecification(
        "gamma", shape: [channels], initializer: .constant(Float(initialValue)))
    ]
  }

  /// Multiplies the channels by the factors.
  public override func call(_ x: Tensor, training: Bool) -> Tensor { x * weight(0).value }
}

extension LayerScale: KerasLayer {
  /// The names of the variables.
  package static var variableNames: [String] { ["gamma"] }

  /// The module of the class, which is no part of `keras.layers`.
  package static var module: String { "keras.src.applications.convnext" }

  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    self.init(
      try reader.integer("projection_dim", atMost: OptionReader.Limit.extent),
      initialValue: try reader.number("init_values", default: 1e-6), name: reader.name)
  }
}
