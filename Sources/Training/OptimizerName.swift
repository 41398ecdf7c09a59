package import JSON
package import NeuralNetwork

/// The name of an optimizer with Keras's defaults.
///
/// A name is a class of Keras in lower case, such as `adamw`, or a variant of one, such as
/// `nesterov`.
///
/// ```swift
/// var options = RunOptions(savePath: "ckpt.h5")
/// options.optimizer = OptimizerName(rawValue: "adamw")
/// options.optimizerOptions = ["weight_decay": .number(0.01)]  // with Keras's names
/// print(OptimizerName.allCases.map(\.rawValue))  // all names
/// ```
public struct OptimizerName: RawRepresentable, CaseIterable, Hashable, Sendable {
  /// The name.
  public let rawValue: String

  private let className: String

  /// The options in which a variant differs from its class, in Keras's form.
  private let variant: JSON.Object

  /// The names of all optimizers.
  public static let allCases: [OptimizerName] = KerasRegistry.optimizers.flatMap { type in
    let classes = [OptimizerName(type.className.lowercased(), of: type.className, [:])]
    return classes + type.variants.map { OptimizerName($0.name, of: type.className, $0.options) }
  }

  /// Adam.
  static let adam = OptimizerName(Adam.className.lowercased(), of: Adam.className, [:])

  private init(_ name: String, of className: String, _ variant: JSON.Object) {
    (rawValue, self.className, self.variant) = (name, className, variant)
  }

  /// Finds an optimizer; `nil` if none has the name.
  ///
  /// - Parameter rawValue: The name.
  public init?(rawValue: String) {
    guard let known = OptimizerName.allCases.first(where: { $0.rawValue == rawValue }) else {
      return nil
    }
    self = known
  }

  /// Creates the optimizer, which is not built.
  ///
  /// - Parameter options: The options that differ from the defaults, in Keras's form.
  /// - Returns: The optimizer.
  /// - Throws: ``NeuralNetwork/KerasError`` if an option is not supported.
  package func makeOptimizer(_ options: JSON.Object = [:]) throws(KerasError) -> Optimizer {
    try Optimizer.make(
      kerasConfig: .object([
        "class_name": .string(className), "config": .object(variant.merging(options) { $1 }),
      ]))
  }
}
