public import JSON
public import Tensors

/// An image augmentation layer of Keras, such as `RandomFlip`, loaded from a file.
///
/// For inference, it returns its input. Its options are kept for conversion. A model with this
/// layer cannot be trained in Cairn.
public class Augmentation: Layer, KerasLayer {
  /// The options of the file, except those without effect.
  private let options: JSON.Object

  /// Creates a layer with the options of a file.
  package required init(_ reader: OptionReader) throws(KerasError) {
    var options: JSON.Object = [:]
    for (key, value) in reader.config.unread where !Self.isWrittenAnyway(key) {
      guard KeptOption(key, value) == nil else { continue }
      _ = reader.config[key]
      options[key] = value
    }
    // Channels are always last, and Keras 3.0 rejects this option.
    if options["data_format"] == .string("channels_last") { options["data_format"] = nil }
    self.options = options
    super.init(name: reader.name)
  }

  private static func isWrittenAnyway(_ key: String) -> Bool {
    ["name", "trainable", "dtype", "batch_input_shape", "batch_shape"].contains(key)
  }

  /// The options in Keras's form.
  public override var config: JSON.Object { options }

  override func config(for dialect: KerasDialect) -> JSON.Object {
    config.filter { key, _ in
      dialect == .keras2 ? Self.keras2Options?.contains(key) ?? false : key != "rng_type"
    }
  }

  /// The options of the class in tf_keras; `nil` if tf_keras lacks the class.
  class var keras2Options: Set<String>? { nil }

  /// Whether Keras 3 has the class.
  class var isInKeras3: Bool { true }

  override var trainingGap: String? { "applies \(Self.className) to its input" }

  /// Whether the output elements are those of the input at inference.
  package final override var keepsElements: Bool { true }

  /// Returns the input.
  public override func call(_ x: Tensor, training: Bool) -> Tensor { x }
}

private let common: Set = ["rng_type", "seed"]
private let filling = common.union(["fill_mode", "fill_value", "interpolation"])

/// Adjusts the brightness of images at random in training.
public final class RandomBrightness: Augmentation {
  override class var keras2Options: Set<String>? { common.union(["factor", "value_range"]) }
}

/// Blends images with their grayscale versions at random in training.
public final class RandomColorDegeneration: Augmentation {}

/// Adjusts brightness, contrast, saturation and hue of images at random in training.
public final class RandomColorJitter: Augmentation {}

/// Adjusts the contrast of images at random in training.
public final class RandomContrast: Augmentation {
  override class var keras2Options: Set<String>? { common.union(["factor"]) }
}

/// Applies random elastic distortions to images in training.
public final class RandomElasticTransform: Augmentation {}

/// Erases random rectangles of images in training.
public final class RandomErasing: Augmentation {}

/// Flips images at random in training.
public final class RandomFlip: Augmentation {
  override class var keras2Options: Set<String>? { common.union(["mode"]) }
}

/// Applies a random Gaussian blur to images in training.
public final class RandomGaussianBlur: Augmentation {}

/// Converts images to grayscale at random in training.
public final class RandomGrayscale: Augmentation {}

/// Changes the height of images at random in training; exists only in Keras 2.
public final class RandomHeight: Augmentation {
  override class var keras2Options: Set<String>? { common.union(["factor", "interpolation"]) }
  override class var isInKeras3: Bool { false }
}

/// Adjusts the hue of images at random in training.
public final class RandomHue: Augmentation {}

/// Inverts images at random in training.
public final class RandomInvert: Augmentation {}

/// Applies random perspective transforms to images in training.
public final class RandomPerspective: Augmentation {}

/// Reduces the bits per color of images at random in training.
public final class RandomPosterization: Augmentation {}

/// Rotates images at random in training.
public final class RandomRotation: Augmentation {
  override class var keras2Options: Set<String>? { filling.union(["factor"]) }
}

/// Adjusts the saturation of images at random in training.
public final class RandomSaturation: Augmentation {}

/// Adjusts the sharpness of images at random in training.
public final class RandomSharpness: Augmentation {}

/// Shears images at random in training.
public final class RandomShear: Augmentation {}

/// Translates images at random in training.
public final class RandomTranslation: Augmentation {
  override class var keras2Options: Set<String>? {
    filling.union(["height_factor", "width_factor"])
  }
}

/// Changes the width of images at random in training; exists only in Keras 2.
public final class RandomWidth: Augmentation {
  override class var keras2Options: Set<String>? { common.union(["factor", "interpolation"]) }
  override class var isInKeras3: Bool { false }
}

/// Zooms images at random in training.
public final class RandomZoom: Augmentation {
  override class var keras2Options: Set<String>? {
    filling.union(["height_factor", "width_factor"])
  }
}

/// Crops images at random positions in training and at the center otherwise.
///
/// Only inputs that already have the target size are supported; they are returned unchanged.
public final class RandomCrop: Augmentation {
  private let size: Size2D

  /// Creates a layer with the options of a file.
  package required init(_ reader: OptionReader) throws(KerasError) {
    size = Size2D(
      try reader.integer("height", atMost: OptionReader.Limit.extent),
      try reader.integer("width", atMost: OptionReader.Limit.extent))
    try super.init(reader)
  }

  override class var keras2Options: Set<String>? { common.union(["height", "width"]) }

  /// Height, width and the other options in Keras's form.
  public override var config: JSON.Object {
    super.config.merging(["height": .integer(size.height), "width": .integer(size.width)]) { $1 }
  }

  /// The shape of the input, which must already have the target size.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    try requireImages(inputShape)
    guard inputShape[0] == size.height, inputShape[1] == size.width else {
      throw ShapeError(
        self,
        "crops the input \(inputShape) to \(size.height)x\(size.width), which is not supported")
    }
    return inputShape
  }
}
