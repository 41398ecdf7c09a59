import JSON
import Tensors

/// A reader of the options of a Keras object in a file: a layer, an optimizer, a loss, a metric or
/// a learning-rate schedule.
///
/// There is one policy for all of them:
///
/// * An option whose value would be computed differently is refused, with its name and value.
/// * An option without effect here is accepted: ``harmless`` lists those of all classes of a kind,
///   and a class calls ``ignore(_:)`` for its own.
/// * Any other option that the class does not read is unknown. For an optimizer, a loss, a metric
///   or a schedule it is refused: a model can be loaded without them. A layer is loaded, and the
///   option is listed in ``Architecture/notes``: without the layer there is no model.
///
/// The reader records which options were read.
package struct OptionReader {
  /// The owner of options.
  enum Owner {
    /// A layer of a name.
    case layer(String)

    /// An object of a kind, such as `optimizer`, and a class or function.
    case object(kind: String, name: String)
  }

  /// The owner of the options.
  let owner: Owner

  /// The options in the file.
  let config: RecordedOptions

  /// The Keras generation that wrote the file.
  let generation: KerasGeneration

  /// Whether sizes and margins have one axis, that of a ``Spatial1D``: the columns of an image.
  private(set) var isOneDimensional = false

  init(owner: Owner, config: JSON.Object, generation: KerasGeneration = .keras3) {
    self.owner = owner
    self.config = RecordedOptions(config)
    self.generation = generation
  }

  init(layer: String, config: JSON, generation: KerasGeneration = .keras3) {
    self.init(owner: .layer(layer), config: config.object ?? [:], generation: generation)
  }

  /// A reader of the same options, whose sizes and margins have one axis.
  var oneDimensional: OptionReader {
    var reader = self
    reader.isOneDimensional = true
    return reader
  }

  /// The name of the layer, or of the class or function.
  var name: String {
    switch owner {
    case .layer(let name), .object(_, let name): name
    }
  }

  // MARK: - Unknown options

  /// The options without effect of all objects of the owner's kind.
  private var harmless: Set<String> {
    switch owner {
    case .layer:
      [
        "autocast", "batch_input_shape", "batch_shape", "build_config", "dtype", "dynamic",
        "input_dim", "input_dtype", "input_length", "input_shape", "name", "optional", "ragged",
        "shared_object_id", "sparse", "trainable",
      ]
    case .object: ["fn", "is_legacy_optimizer", "jit_compile", "name"]
    }
  }

  /// The options that were not read, have an effect or may have one, and are not `null`.
  var unknown: [(key: String, value: JSON)] {
    config.unread.filter { !harmless.contains($0.key) }
  }

  /// Throws if there is an unknown option.
  ///
  /// - Throws: A ``KerasError`` with the first such option.
  func refuseUnknown() throws(KerasError) {
    if let (key, value) = unknown.first { throw notSupported(key, value) }
  }

  /// The error of an option; `problem` is a phrase that follows its name.
  func problem(_ key: String, _ problem: String) -> KerasError {
    switch owner {
    case .layer(let name): .option(layer: name, key: key, problem: problem)
    case .object(let kind, let name):
      .compilation("the option '\(key)' of the \(kind) \(name) \(problem)")
    }
  }

  /// The error of an option with a value that no layer can have, or one beyond a limit.
  ///
  /// - Parameters:
  ///   - key: The name of the option.
  ///   - problem: A phrase that follows its name.
  ///   - limit: The largest number that is supported; `nil` if memory and time do not depend on it.
  /// - Returns: The error.
  func invalid(
    _ key: String, _ problem: String, above limit: Int? = nil
  ) -> KerasError {
    var phrase = problem
    if let value = config.members[key], phrase.hasPrefix("is n") {
      phrase += ", but \(value.excerpt)"  // "is not a number, but true"
    }
    let error = self.problem(key, phrase)
    guard case .option(let layer, let key, let problem) = error else { return error }
    // An axis of 9 is wrong, but not large.
    let limit = limit.map { max($0, Limit.window) }.map(Double.init) ?? .infinity
    let isExcessive = config.members[key]?.greatestNumber.map { $0 > limit } ?? false
    return .invalidOption(layer: layer, key: key, problem: problem, isExcessive: isExcessive)
  }

  func notSupported(_ key: String, _ value: JSON) -> KerasError {
    problem(key, "is \(value.excerpt), which is not supported")
  }

  // MARK: - Options

  /// Whether an option exists, `null` included.
  func has(_ key: String) -> Bool { config.members[key] != nil }

  /// Limits on sizes from files, so that products of sizes cannot overflow.
  enum Limit {
    static let units = 1 << 17
    static let channels = 1 << 15
    static let extent = 1 << 15
    static let window = 1 << 12
  }

  func integer(_ key: String, atMost limit: Int) throws(KerasError) -> Int {
    guard let value = config[key]?.integer, value > 0, value <= limit else {
      throw invalid(key, "is not a whole number in 1...\(limit)", above: limit)
    }
    return value
  }

  func size(_ key: String, default fallback: Size2D?) throws(KerasError) -> Size2D {
    guard let value = config[key]?.withoutNumPy else {
      guard let fallback else { throw sizeProblem(key) }
      return isOneDimensional ? Size2D(1, fallback.width) : fallback
    }
    guard let sides = sides(of: value, in: 1...Limit.window) else { throw sizeProblem(key) }
    return Size2D(sides.height, sides.width)
  }

  private func sizeProblem(_ key: String) -> KerasError {
    invalid(key, "is not \(wholeNumbers) in 1...\(Limit.window)", above: Limit.window)
  }

  /// The numbers that make a size, in messages.
  var wholeNumbers: String {
    isOneDimensional ? "one whole number" : "one or two whole numbers"
  }

  /// The two sides of a size, from one number for both or a list; a size with one axis is a row.
  func sides(of value: JSON, in range: ClosedRange<Int>) -> (height: Int, width: Int)? {
    var sides = value.array.map { $0.map(\.integer) } ?? [value.integer]
    guard sides.allSatisfy({ $0.map(range.contains) ?? false }) else { return nil }
    if isOneDimensional {
      guard sides.count == 1 else { return nil }
      sides.insert(range.lowerBound, at: 0)
    } else if value.array == nil {
      sides += sides
    }
    guard sides.count == 2, let height = sides[0], let width = sides[1] else { return nil }
    return (height, width)
  }

  func bool(_ key: String, default fallback: Bool) throws(KerasError) -> Bool {
    guard let value = config[key] else { return fallback }
    guard let bool = value.truth else {
      throw invalid(key, "is neither true nor false")
    }
    return bool
  }

  /// Reads the `padding` mode.
  ///
  /// - Parameter mayBeCausal: Whether a layer with one axis supports `causal`.
  /// - Returns: The mode.
  /// - Throws: ``KerasError/option(layer:key:problem:)`` for another value.
  func padding(mayBeCausal: Bool = false) throws(KerasError) -> Padding {
    guard let value = config["padding"] else { return .valid }
    let mayBeCausal = mayBeCausal && isOneDimensional
    guard let padding = value.string.flatMap(Padding.init), padding != .causal || mayBeCausal
    else {
      throw problem(
        "padding",
        mayBeCausal ? "is none of 'valid', 'same' and 'causal'" : "is neither 'valid' nor 'same'")
    }
    return padding
  }

  func rate() throws(KerasError) -> Float {
    guard has("rate") else { throw invalid("rate", "is not a number in 0..<1") }
    return try rate("rate")
  }

  /// Reads a drop probability, 0 by default.
  func rate(_ key: String) throws(KerasError) -> Float {
    guard let value = config[key] else { return 0 }
    guard let rate = value.number, rate >= 0, rate < 1 else {
      throw invalid(key, "is not a number in 0..<1")
    }
    return Float(rate)
  }

  /// Reads a layer that is an option of another layer.
  func layer(_ key: String) throws(KerasError) -> Layer {
    guard let object = config[key], let className = object["class_name"]?.string else {
      throw problem(key, "is not a layer")
    }
    guard object["module"]?.string?.isModuleOfKeras ?? true else {
      throw notSupported(key, object)
    }
    let (layer, unknown) = try Layer.make(
      className: className, config: object["config"] ?? .object([:]), generation: generation)
    if let option = unknown.first {
      throw problem(key, "has the option '\(option)', which is not known")
    }
    guard !layer.isChannelsFirst else {
      throw problem(key, "has channels first, which is not supported there")
    }
    if object["config"]?["trainable"]?.truth == false { layer.isTrainable = false }
    return layer
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
      throw notSupported(key, value)
    }
  }

  /// Marks options as known that do not affect the computation.
  func ignore(_ keys: String...) { keys.forEach { _ = config[$0] } }
}

extension Size2D {
  /// The size in Keras's form: `[height, width]`.
  var json: JSON { .array(extents.map(JSON.integer)) }
}

extension JSON {
  /// The greatest of the numbers in the value, which may be a list of lists.
  fileprivate var greatestNumber: Double? {
    array.map { $0.compactMap(\.greatestNumber).max() } ?? number
  }
}
