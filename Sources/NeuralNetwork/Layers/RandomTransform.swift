public import JSON
public import Tensors

/// The base class of augmentation layers that apply a random affine transform to each image.
///
/// See ``RandomRotation`` for an example.
public class RandomTransform: RandomAugmentation {
  /// The value of pixels outside the image.
  public final let fillMode: FillMode

  /// The interpolation method.
  public final let interpolation: Interpolation

  /// The constant for ``FillMode/constant``.
  public final let fillValue: Float

  init(
    _ fillMode: FillMode, _ interpolation: Interpolation, _ fillValue: Float, name: String?
  ) {
    self.fillMode = fillMode
    self.interpolation = interpolation
    self.fillValue = fillValue
    super.init(name: name)
  }

  /// The factors in Keras's form.
  var factors: JSON.Object { [:] }

  /// The factors, and the options that differ from Keras's defaults.
  public final override var config: JSON.Object {
    var config = factors
    if fillMode != .reflect { config["fill_mode"] = .string(fillMode.rawValue) }
    if interpolation != .bilinear { config["interpolation"] = .string(interpolation.rawValue) }
    if fillValue != 0 { config["fill_value"] = .number(fillValue) }
    return config
  }

  override class var keras2Options: Set<String>? {
    ["factor", "height_factor", "width_factor", "fill_mode", "fill_value", "interpolation"]
  }

  /// Draws the transform of an image.
  package func drawTransform(height: Int, width: Int, stream: inout RandomStream) -> AffineTransform
  {
    .identity
  }

  final override func augment(_ x: Tensor, stream: inout RandomStream) -> Tensor {
    transformed(
      x,
      (0..<x.shape[0]).map { _ in
        drawTransform(height: x.shape[1], width: x.shape[2], stream: &stream)
      })
  }

  /// Applies a transform to each image.
  ///
  /// - Parameters:
  ///   - x: Images of shape `[batch, height, width, channels]`.
  ///   - transforms: One transform for each image.
  /// - Returns: Images of the same shape.
  package final func transformed(_ x: Tensor, _ transforms: [AffineTransform]) -> Tensor {
    x.transformed(
      by: transforms, interpolation: interpolation, fillMode: fillMode, fillValue: fillValue)
  }
}

extension OptionReader {
  /// The options of all layers that transform images.
  struct TransformOptions {
    let fillMode: FillMode
    let interpolation: Interpolation
    let fillValue: Float
  }

  /// Reads the options of all layers that transform images.
  func transformOptions() throws(KerasError) -> TransformOptions {
    var fillMode = FillMode.reflect
    if let value = config["fill_mode"] {
      guard let known = value.string.flatMap(FillMode.init) else {
        throw notSupported("fill_mode", value)
      }
      fillMode = known
    }
    return TransformOptions(
      fillMode: fillMode, interpolation: try interpolation(default: .bilinear),
      fillValue: Float(try number("fill_value", default: 0)))
  }
}
