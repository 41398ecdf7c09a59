public import JSON

/// The weights of the classes in the loss, so that rare classes count.
///
/// ```swift
/// var recipe = Recipe()
/// recipe.classWeights = .auto  // rare classes get larger weights
/// recipe.classWeights = ClassWeights("1,5")  // .list([1, 5])
/// ```
public enum ClassWeights: Equatable, Sendable {
  /// The number of examples / (number of classes · number of examples of the class), which is
  /// scikit-learn's `balanced`; 0 for a class without examples.
  case auto

  /// A weight for each class, at least 0.
  case list([Double])

  /// The weights of the classes.
  ///
  /// - Parameter counts: The number of examples of each class.
  /// - Returns: One weight for each class.
  func weights(counts: [Int]) -> [Double] {
    switch self {
    case .list(let weights): return weights
    case .auto:
      let total = Double(counts.reduce(0, +))
      return counts.map { $0 == 0 ? 0 : total / (Double(counts.count) * Double($0)) }
    }
  }

  /// The weights in the form of checkpoints: `"auto"` or a list of numbers.
  var json: JSON {
    switch self {
    case .auto: .string("auto")
    case .list(let weights): .array(weights.map(JSON.number))
    }
  }

  /// Reads `auto`, or one number for each class; `nil` if they are not weights.
  ///
  /// - Parameter text: The word, or numbers separated by commas.
  public init?(_ text: String) {
    guard text != "auto" else {
      self = .auto
      return
    }
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
    guard !numbers.contains(nil) else { return nil }
    self.init(json: .array(numbers.compactMap { $0.map { JSON.number($0) } }))
  }

  /// Reads weights from a list, or from an object with names of classes.
  ///
  /// - Parameters:
  ///   - json: A list with a weight for each class, or weights by the names of classes; classes
  ///     that it does not name weigh 1, as in Keras.
  ///   - classNames: The names of the classes.
  /// - Throws: ``RecipeProblem/unknownClass(_:)`` or ``RecipeProblem/invalid(_:value:)``.
  public init(_ json: JSON, classNames: [String]) throws(RecipeProblem) {
    var list = json
    if let named = json.object {
      if let name = named.keys.first(where: { !classNames.contains($0) }) {
        throw .unknownClass(name)
      }
      list = .array(classNames.map { named[$0] ?? .integer(1) })
    }
    guard let weights = ClassWeights(json: list) else {
      throw .invalid("class_weights", value: json.text(.compact))
    }
    self = weights
  }

  /// Reads the weights of a checkpoint or file; `nil` if they are not weights.
  init?(json: JSON) {
    if json.string == "auto" {
      self = .auto
      return
    }
    let weights = json.array?.map(\.number) ?? []
    guard !weights.isEmpty, weights.count <= 1 << 16,
      weights.allSatisfy({ ($0 ?? -1) >= 0 && ($0 ?? .infinity) <= 1e30 })
    else { return nil }
    self = .list(weights.compactMap(\.self))
  }
}
