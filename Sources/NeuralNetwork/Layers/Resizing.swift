public import JSON
import Preconditions
public import Tensors

/// Resizes images.
///
/// ```swift
/// let layer = Resizing(Size2D(24, 32), aspectRatio: .crop)  // height and width
/// let resized = layer(Tensor(zeros: [8, 60, 60, 3]))  // [8, 24, 32, 3]
/// ```
public final class Resizing: BaseImagePreprocessing {
  /// What happens to images whose aspect ratio differs from that of the target.
  public enum AspectRatio: Hashable, Sendable {
    /// The image is distorted.
    case distort

    /// The sides that do not fit are cropped; Keras's `crop_to_aspect_ratio`.
    case crop

    /// The image is padded evenly with a value; Keras's `pad_to_aspect_ratio`.
    case pad(Float)
  }

  /// The target size.
  public let size: Size2D

  /// The interpolation method.
  public let interpolation: Interpolation

  /// What happens to images whose aspect ratio differs from that of the target.
  public let aspectRatio: AspectRatio

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - size: The target height and width.
  ///   - interpolation: The interpolation method.
  ///   - aspectRatio: What happens to images whose aspect ratio differs from that of the target.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  public init(
    _ size: Size2D, interpolation: Interpolation = .bilinear, aspectRatio: AspectRatio = .distort,
    name: String? = nil
  ) {
    self.size = size
    self.interpolation = interpolation
    self.aspectRatio = aspectRatio
    super.init(name: name)
  }

  /// The size, and the options that differ from Keras's defaults.
  public override var config: JSON.Object {
    var config: JSON.Object = [
      "height": .integer(size.height), "width": .integer(size.width),
    ]
    if interpolation != .bilinear { config["interpolation"] = .string(interpolation.rawValue) }
    switch aspectRatio {
    case .distort: break
    case .crop: config["crop_to_aspect_ratio"] = .bool(true)
    case .pad(let value):
      config["pad_to_aspect_ratio"] = .bool(true)
      if value != 0 { config["fill_value"] = .number(value) }
    }
    return config
  }

  override class var keras2Options: Set<String>? {
    ["height", "width", "interpolation", "crop_to_aspect_ratio"]
  }

  /// The shape `[size.height, size.width, channels]`.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    try requireImages(inputShape)
    if case .pad = aspectRatio {
      let padded = Size2D(
        height: inputShape[0], width: inputShape[1], paddedToAspectRatioOf: size)
      _ = try outputShape([padded.height, padded.width, inputShape[2]])
    }
    return try outputShape([size.height, size.width, inputShape[2]])
  }

  override func workingCount(inputShape: Shape) throws(ShapeError) -> Double {
    let count = try super.workingCount(inputShape: inputShape)
    guard case .pad = aspectRatio else { return count }
    let padded = Size2D(
      height: inputShape[0], width: inputShape[1], paddedToAspectRatioOf: size)
    return count + Double(padded.height) * Double(padded.width) * Double(inputShape[2])
  }

  /// Resizes the images.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    let fitted =
      switch aspectRatio {
      case .distort: x
      case .crop: x.croppedToAspectRatio(of: size, precision: Float.self)
      case .pad(let value):
        x.padded(
          Margins(paddingToAspectRatioOf: size, Shape(x.shape.dropFirst())), with: value)
      }
    return fitted.resized(to: size, interpolation: interpolation)
  }
}

extension Resizing: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    let crops = try reader.bool("crop_to_aspect_ratio", default: false)
    let pads = try reader.bool("pad_to_aspect_ratio", default: false)
    guard !crops || !pads else {
      throw reader.problem("pad_to_aspect_ratio", "cannot go together with crop_to_aspect_ratio")
    }
    try reader.require("fill_mode", .string("constant"))
    let value = Float(try reader.number("fill_value", default: 0))
    let interpolation = try reader.interpolation(default: .bilinear)
    let antialias = try reader.bool("antialias", default: false)
    if interpolation == .bilinear { try reader.require("antialias", .bool(false)) }
    self.init(
      try reader.imageSize(), interpolation: interpolation,
      aspectRatio: crops ? .crop : pads ? .pad(value) : .distort, name: reader.name)
    try readCommonOptions(reader)
    if antialias { keep(["antialias"], of: reader) }
    if !pads && value != 0 { keep(["fill_value"], of: reader) }
  }
}
