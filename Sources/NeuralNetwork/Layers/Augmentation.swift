public import Tensors

/// A layer of Keras that changes images in training only, such as `RandomFlip`, read from a file.
///
/// It returns its input and keeps its options for a conversion; a model with it cannot be trained here.
public class Augmentation: Layer, KerasLayer {
  /// The options of the file, with those that mean nothing left out.
  private let options: [String: JSON]

  /// Creates a layer with the options of a file.
  package required init(_ reader: ConfigReader) throws(KerasError) {
    var options: [String: JSON] = [:]
    for (key, value) in reader.config.unread where !Self.isWrittenAnyway(key) {
      guard KeptOption(key, value) == nil else { continue }
      _ = reader.config[key]
      options[key] = value
    }
    // The order of the axes has one value here; Keras 3.0 refuses the option.
    if options["data_format"] == .string("channels_last") { options["data_format"] = nil }
    self.options = options
    super.init(name: reader.layer)
  }

  private static func isWrittenAnyway(_ key: String) -> Bool {
    ["name", "trainable", "dtype", "batch_input_shape", "batch_shape"].contains(key)
  }

  /// The options, as Keras writes them.
  public override var config: [String: JSON] { options }

  override func config(for dialect: KerasDialect) -> [String: JSON] {
    config.filter { key, _ in
      dialect == .keras2 ? Self.keras2Options?.contains(key) ?? false : key != "rng_type"
    }
  }

  /// The options of the class in tf_keras; `nil` if tf_keras does not have the class.
  class var keras2Options: Set<String>? { nil }

  /// Whether Keras 3 has the class.
  class var isInKeras3: Bool { true }

  override var trainingGap: String? { "applies \(Self.className) to its input" }

  /// Returns the input.
  public override func call(_ x: Tensor, training: Bool) -> Tensor { x }
}

private let common: Set = ["rng_type", "seed"]
private let filling = common.union(["fill_mode", "fill_value", "interpolation"])

/// Adjusts the brightness of images in training.
public final class RandomBrightness: Augmentation {
  override class var keras2Options: Set<String>? { common.union(["factor", "value_range"]) }
}

/// Blends images with their gray versions in training.
public final class RandomColorDegeneration: Augmentation {}

/// Adjusts brightness, contrast, saturation and hue of images in training.
public final class RandomColorJitter: Augmentation {}

/// Adjusts the contrast of images in training.
public final class RandomContrast: Augmentation {
  override class var keras2Options: Set<String>? { common.union(["factor"]) }
}

/// Distorts images in training.
public final class RandomElasticTransform: Augmentation {}

/// Erases rectangles of images in training.
public final class RandomErasing: Augmentation {}

/// Flips images in training.
public final class RandomFlip: Augmentation {
  override class var keras2Options: Set<String>? { common.union(["mode"]) }
}

/// Blurs images in training.
public final class RandomGaussianBlur: Augmentation {}

/// Turns images gray in training.
public final class RandomGrayscale: Augmentation {}

/// Changes the height of images in training; only Keras 2 has it.
public final class RandomHeight: Augmentation {
  override class var keras2Options: Set<String>? { common.union(["factor", "interpolation"]) }
  override class var isInKeras3: Bool { false }
}

/// Adjusts the hue of images in training.
public final class RandomHue: Augmentation {}

/// Inverts images in training.
public final class RandomInvert: Augmentation {}

/// Changes the perspective of images in training.
public final class RandomPerspective: Augmentation {}

/// Reduces the number of colors of images in training.
public final class RandomPosterization: Augmentation {}

/// Rotates images in training.
public final class RandomRotation: Augmentation {
  override class var keras2Options: Set<String>? { filling.union(["factor"]) }
}

/// Adjusts the saturation of images in training.
public final class RandomSaturation: Augmentation {}

/// Sharpens or blurs images in training.
public final class RandomSharpness: Augmentation {}

/// Shears images in training.
public final class RandomShear: Augmentation {}

/// Moves images in training.
public final class RandomTranslation: Augmentation {
  override class var keras2Options: Set<String>? {
    filling.union(["height_factor", "width_factor"])
  }
}

/// Changes the width of images in training; only Keras 2 has it.
public final class RandomWidth: Augmentation {
  override class var keras2Options: Set<String>? { common.union(["factor", "interpolation"]) }
  override class var isInKeras3: Bool { false }
}

/// Zooms images in training.
public final class RandomZoom: Augmentation {
  override class var keras2Options: Set<String>? {
    filling.union(["height_factor", "width_factor"])
  }
}

/// Crops images at a random place in training, and to the center otherwise; images that have the size
/// already stay as they are.
public final class RandomCrop: Augmentation {
  private let size: Size2D

  /// Creates a layer with the options of a file.
  package required init(_ reader: ConfigReader) throws(KerasError) {
    size = Size2D(
      try reader.integer("height", atMost: ConfigReader.Limit.extent),
      try reader.integer("width", atMost: ConfigReader.Limit.extent))
    try super.init(reader)
  }

  override class var keras2Options: Set<String>? { common.union(["height", "width"]) }

  /// Height and width, and the options that Keras writes besides.
  public override var config: [String: JSON] {
    super.config.merging(["height": .integer(size.height), "width": .integer(size.width)]) { $1 }
  }

  /// The input's shape, which must have the size already.
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
