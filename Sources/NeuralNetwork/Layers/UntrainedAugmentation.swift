public import JSON
public import Tensors

/// An image augmentation layer of Keras that cannot be trained, such as `RandomErasing`.
///
/// For inference, it returns its input. Its options are kept for conversion. A model with this
/// layer cannot be trained in Cairn.
///
/// ```swift
/// let layers = #"""
///   [{"class_name": "InputLayer", "config": {"batch_shape": [null, 32, 32, 3]}},
///    {"class_name": "RandomErasing", "config": {"factor": 0.5}}]
///   """#
/// let config = #"{"class_name": "Sequential", "config": {"layers": \#(layers)}}"#
/// let architecture = try Architecture(kerasConfig: JSON(parsing: config))
/// print(architecture.notes)  // that this layer is not applied in training
/// ```
public class UntrainedAugmentation: BaseImagePreprocessing, KerasLayer {
  /// The options of the file, except those without effect.
  private let options: JSON.Object

  /// Creates a layer with the options of a file.
  package required init(_ reader: OptionReader) throws(KerasError) {
    var options: JSON.Object = [:]
    for (key, value) in reader.config.unread where !Self.isWrittenAnyway(key) {
      // Anything but plain values is unknown, and not handed on.
      guard KeptOption(key, value) == nil, let value = value.plainValue else { continue }
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

  override class var keras2Options: Set<String>? { nil }

  override var trainingGap: String? { "applies \(Self.className) to its input" }

  /// Whether the output elements are those of the input at inference.
  package final override var keepsElements: Bool { true }

  /// Returns the input.
  public override func call(_ x: Tensor, training: Bool) -> Tensor { x }
}

/// Blends images with their grayscale versions at random in training.
///
/// See ``UntrainedAugmentation`` for an example.
public final class RandomColorDegeneration: UntrainedAugmentation {}

/// Adjusts brightness, contrast, saturation and hue of images at random in training.
///
/// See ``UntrainedAugmentation`` for an example.
public final class RandomColorJitter: UntrainedAugmentation {}

/// Applies random elastic distortions to images in training.
///
/// See ``UntrainedAugmentation`` for an example.
public final class RandomElasticTransform: UntrainedAugmentation {}

/// Erases random rectangles of images in training.
///
/// See ``UntrainedAugmentation`` for an example.
public final class RandomErasing: UntrainedAugmentation {}

/// Applies a random Gaussian blur to images in training.
///
/// See ``UntrainedAugmentation`` for an example.
public final class RandomGaussianBlur: UntrainedAugmentation {}

/// Converts images to grayscale at random in training.
///
/// See ``UntrainedAugmentation`` for an example.
public final class RandomGrayscale: UntrainedAugmentation {}

/// Changes the height of images at random in training; exists only in Keras 2.
///
/// See ``UntrainedAugmentation`` for an example.
public final class RandomHeight: UntrainedAugmentation {
  override class var keras2Options: Set<String>? { ["factor", "interpolation"] }
  override class var isInKeras3: Bool { false }
}

/// Adjusts the hue of images at random in training.
///
/// See ``UntrainedAugmentation`` for an example.
public final class RandomHue: UntrainedAugmentation {}

/// Inverts images at random in training.
///
/// See ``UntrainedAugmentation`` for an example.
public final class RandomInvert: UntrainedAugmentation {}

/// Applies random perspective transforms to images in training.
///
/// See ``UntrainedAugmentation`` for an example.
public final class RandomPerspective: UntrainedAugmentation {}

/// Reduces the bits per color of images at random in training.
///
/// See ``UntrainedAugmentation`` for an example.
public final class RandomPosterization: UntrainedAugmentation {}

/// Adjusts the saturation of images at random in training.
///
/// See ``UntrainedAugmentation`` for an example.
public final class RandomSaturation: UntrainedAugmentation {}

/// Adjusts the sharpness of images at random in training.
///
/// See ``UntrainedAugmentation`` for an example.
public final class RandomSharpness: UntrainedAugmentation {}

/// Shears images at random in training.
///
/// See ``UntrainedAugmentation`` for an example.
public final class RandomShear: UntrainedAugmentation {}

/// Changes the width of images at random in training; exists only in Keras 2.
///
/// See ``UntrainedAugmentation`` for an example.
public final class RandomWidth: UntrainedAugmentation {
  override class var keras2Options: Set<String>? { ["factor", "interpolation"] }
  override class var isInKeras3: Bool { false }
}
