import JSON
import Tensors

/// A reader of the options of a layer, which throws for options that would be computed differently.
///
/// It records which options were read, so that the rest can be kept or reported.
package struct ConfigReader {
  /// The name of the layer.
  let layer: String

  /// The options of the layer.
  let config: RecordedOptions

  /// The Keras generation that wrote the file.
  let generation: KerasGeneration

  init(layer: String, config: JSON, generation: KerasGeneration = .keras3) {
    self.layer = layer
    self.config = RecordedOptions(config.object ?? [:])
    self.generation = generation
  }

  /// Limits on sizes from files, so that products of sizes cannot overflow.
  enum Limit {
    static let units = 1 << 17
    static let channels = 1 << 15
    static let extent = 1 << 15
    static let window = 1 << 12
  }

  func integer(_ key: String, atMost limit: Int) throws(KerasError) -> Int {
    guard let value = config[key]?.integer, value > 0, value <= limit else {
      throw .option(layer: layer, key: key, problem: "is not a whole number in 1...\(limit)")
    }
    return value
  }

  func size(_ key: String, default fallback: Size2D?) throws(KerasError) -> Size2D {
    let sides =
      switch config[key] {
      case .array(let values): values.map(\.integer)
      case .some(let value): [value.integer, value.integer]
      case nil: fallback.map { [$0.height, $0.width] } ?? []
      }
    guard sides.count == 2, let height = sides[0], let width = sides[1],
      (1...Limit.window).contains(height), (1...Limit.window).contains(width)
    else {
      throw .option(
        layer: layer, key: key, problem: "is not one or two whole numbers in 1...\(Limit.window)")
    }
    return Size2D(height, width)
  }

  func bool(_ key: String, default fallback: Bool) throws(KerasError) -> Bool {
    guard let value = config[key] else { return fallback }
    guard let bool = value.truth else {
      throw .option(layer: layer, key: key, problem: "is neither true nor false")
    }
    return bool
  }

  func padding() throws(KerasError) -> Padding {
    guard let value = config["padding"] else { return .valid }
    guard let padding = value.string.flatMap(Padding.init) else {
      throw .option(layer: layer, key: "padding", problem: "is neither 'valid' nor 'same'")
    }
    return padding
  }

  func rate() throws(KerasError) -> Float {
    guard let rate = config["rate"]?.number, rate >= 0, rate < 1 else {
      throw .option(layer: layer, key: "rate", problem: "is not a number in 0..<1")
    }
    return Float(rate)
  }

  /// Reads `data_format`, the order of image axes.
  ///
  /// All layers compute with channels last; `channels_first` layers are wrapped between two
  /// ``Permute`` layers: see `Graph.inChannelsLast()`.
  func readDataFormat() throws(KerasError) {
    try require("data_format", .string("channels_last"), .string(Self.channelsFirst))
  }

  /// Whether the layer uses `channels_first`.
  var isChannelsFirst: Bool { config["data_format"]?.string == Self.channelsFirst }

  private static let channelsFirst = "channels_first"

  /// Throws unless an option has one of the supported values.
  func require(_ key: String, _ allowed: JSON...) throws(KerasError) {
    guard let value = config[key] else { return }
    // Files may contain 0 for false.
    let truth = value.truth.map(JSON.bool) ?? value
    guard allowed.contains(value) || allowed.contains(truth) else {
      throw .option(layer: layer, key: key, problem: "is \(value.text), which is not supported")
    }
  }

  /// Marks options as known that do not affect the computation.
  func ignore(_ keys: String...) { keys.forEach { _ = config[$0] } }
}

extension Size2D {
  /// The size in Keras's form: `[height, width]`.
  var json: JSON { .array([.integer(height), .integer(width)]) }
}
