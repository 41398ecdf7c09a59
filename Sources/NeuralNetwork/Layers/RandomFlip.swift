public import JSON
package import Tensors

/// Flips images at random in training.
///
/// ```swift
/// let model = Sequential([
///   RandomFlip(.horizontal), RandomRotation(0.05), RandomZoom(0.1), Flatten(), Dense(10),
/// ])
/// let logits = model(Tensor(zeros: [8, 32, 32, 3]), training: true)  // [8, 10]
/// ```
public final class RandomFlip: RandomAugmentation {
  /// The directions in which images are flipped; the names are Keras's.
  public enum Mode: String, Sendable, CaseIterable {
    /// Left and right are exchanged.
    case horizontal

    /// Top and bottom are exchanged.
    case vertical

    /// Both; as in Keras 3, an image is flipped in both directions or not at all.
    case horizontalAndVertical = "horizontal_and_vertical"
  }

  /// The directions in which images are flipped.
  public let mode: Mode

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - mode: The directions in which an image is flipped, with probability ½.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  public init(_ mode: Mode = .horizontalAndVertical, name: String? = nil) {
    self.mode = mode
    super.init(name: name)
  }

  /// The mode, if it differs from Keras's default.
  public override var config: JSON.Object {
    mode == .horizontalAndVertical ? [:] : ["mode": .string(mode.rawValue)]
  }

  override class var keras2Options: Set<String>? { ["mode"] }

  override func augment(_ x: Tensor, stream: inout RandomStream) -> Tensor {
    flipped(x, (0..<x.shape[0]).map { _ in stream.uniform(in: 0..<1) <= 0.5 })
  }

  /// Flips some images.
  ///
  /// - Parameters:
  ///   - x: Images of shape `[batch, height, width, channels]`.
  ///   - flips: Whether to flip each image.
  /// - Returns: Images of the same shape.
  package func flipped(_ x: Tensor, _ flips: [Bool]) -> Tensor {
    var flip = AffineTransform.identity
    if mode != .vertical { flip.a = [-1, 0, Float(x.shape[2] - 1)] }
    if mode != .horizontal { flip.b = [0, -1, Float(x.shape[1] - 1)] }
    return x.transformed(by: flips.map { $0 ? flip : .identity }, interpolation: .nearest)
  }
}

extension RandomFlip: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    var mode = Mode.horizontalAndVertical
    if let value = reader.config["mode"] {
      guard let known = value.string.flatMap(Mode.init) else {
        throw reader.notSupported("mode", value)
      }
      mode = known
    }
    self.init(mode, name: reader.name)
    try readCommonOptions(reader)
  }
}
