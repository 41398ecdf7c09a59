import JSON

/// The base class of Keras's image preprocessing layers.
///
/// See ``Resizing`` for an example.
public class BaseImagePreprocessing: Layer {
  /// The options of a file that have no effect here, which are written back.
  private final var optionsWithoutEffect: JSON.Object = [:]

  /// The options of the class in tf_keras, beside those of all classes; `nil` if tf_keras lacks the
  /// class.
  class var keras2Options: Set<String>? { [] }

  /// Whether Keras 3 has the class.
  class var isInKeras3: Bool { true }

  override func config(for dialect: KerasDialect) -> JSON.Object {
    let config = config.merging(optionsWithoutEffect) { $1 }
    return config.filter { key, _ in
      switch dialect {
      case .keras2:
        ["rng_type", "seed"].contains(key) || Self.keras2Options?.contains(key) ?? false
      default: key != "rng_type"
      }
    }
  }

  /// Reads the options of all classes from a file: the order of the axes; the kind of random
  /// generator in tf_keras; and the format of bounding boxes, which are not supported.
  final func readCommonOptions(_ reader: OptionReader) throws(KerasError) {
    try reader.readDataFormat()
    keep(["rng_type", "bounding_box_format"], of: reader)
  }

  /// Keeps options of a file that have no effect here.
  final func keep(_ keys: [String], of reader: OptionReader) {
    for key in keys {
      if let value = reader.config[key] { optionsWithoutEffect[key] = value }
    }
  }
}
