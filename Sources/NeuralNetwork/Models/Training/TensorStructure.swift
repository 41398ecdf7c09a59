import Preconditions
public import Tensors

/// The values of a model's inputs or outputs: one tensor, an array of tensors in their order, or a
/// dictionary of tensors by name.
///
/// ```swift
/// let history = model.fit(
///   ["picture": pictures, "numbers": numbers], ["kind": kinds, "price": prices], epochs: 3)
/// let outputs = model.predictOutputs([pictures, numbers])  // "kind": [4, 3], "price": [4, 1]
/// ```
public protocol TensorStructure {
  /// The tensors in the order of names.
  ///
  /// - Parameter names: The names of the inputs or outputs.
  /// - Returns: One tensor for each name; `nil` if the structure does not fit.
  func ordered(by names: [String]) -> [Tensor]?
}

extension Tensor: TensorStructure {
  /// The tensor, if there is one name.
  public func ordered(by names: [String]) -> [Tensor]? { names.count == 1 ? [self] : nil }
}

extension [Tensor]: TensorStructure {
  /// The tensors, if there are as many names.
  public func ordered(by names: [String]) -> [Tensor]? { names.count == count ? self : nil }
}

extension [String: Tensor]: TensorStructure {
  /// The tensors of the names, if those are all.
  public func ordered(by names: [String]) -> [Tensor]? {
    let tensors = names.compactMap { self[$0] }
    return tensors.count == names.count && count == names.count ? tensors : nil
  }
}

extension TensorStructure {
  /// The tensors in the order of names.
  ///
  /// - Parameters:
  ///   - names: The names of the inputs or outputs.
  ///   - model: The name of the model.
  ///   - ends: What they are: `inputs` or `outputs`.
  /// - Returns: One tensor for each name.
  /// - Precondition: There is one tensor for each name.
  func ordered(by names: [String], of model: String, _ ends: String) -> [Tensor] {
    if let tensors = ordered(by: names) { return tensors }
    let contents =
      switch self {
      case let tensors as [Tensor]: "\(tensors.count) tensors"
      case let tensors as [String: Tensor]: "the tensors \(tensors.keys.sorted())"
      default: "one tensor"
      }
    fail("The model '\(model)' has the \(ends) \(names), but got \(contents).")
  }
}
