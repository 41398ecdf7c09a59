public import JSON
import Preconditions
import Synchronization

/// The registry of custom classes that files may name: Keras's `custom_objects`.
///
/// Registered classes are created when a file names them, with the options of their `config`:
///
/// ```swift
/// final class Gain: Layer {
///   let factor: Float
///   init(_ factor: Float) {
///     self.factor = factor
///     super.init()
///   }
///   override var config: JSON.Object { ["factor": .number(Double(factor))] }
///   override func call(_ x: Tensor, training: Bool) -> Tensor { x * factor }
/// }
///
/// CustomObjects.registerLayer("Gain") { config in
///   Gain(Float(config["factor"]?.number ?? 1))
/// }
/// ```
///
/// A file can only select registered classes; it cannot run other code. Register classes before
/// loading, for example at program start, from any thread.
public enum CustomObjects {
  /// A factory that creates an object from the options of its `config`.
  public typealias Maker<Object> = @Sendable (_ config: JSON) throws -> Object

  private struct Makers {
    var layers: [String: Maker<Layer>] = [:]
    var losses: [String: Maker<any Loss>] = [:]
    var metrics: [String: Maker<any Metric>] = [:]
    var optimizers: [String: Maker<Optimizer>] = [:]
  }

  private static let makers = Mutex(Makers())

  /// Registers a layer class; the layer's name and whether it is trainable are set from the file.
  ///
  /// - Parameters:
  ///   - className: The name in files: the class's ``Layer/className``. If Keras registers the
  ///     class in a package, as in `@keras.saving.register_keras_serializable("My")`, it is
  ///     `My>Scale`.
  ///   - make: Creates an unbuilt layer; its errors become a ``KerasError``.
  public static func registerLayer(_ className: String, _ make: @escaping Maker<Layer>) {
    makers.withLock { $0.layers[className] = make }
  }

  /// Registers a loss class.
  ///
  /// - Parameters:
  ///   - className: The name in files: the type's ``Loss/className``.
  ///   - make: Creates the loss; its errors become a ``KerasError``.
  public static func registerLoss(_ className: String, _ make: @escaping Maker<any Loss>) {
    makers.withLock { $0.losses[className] = make }
  }

  /// Registers a metric class.
  ///
  /// - Parameters:
  ///   - className: The name in files: the metric's ``Metric/kerasClassName``.
  ///   - make: Creates the metric; its errors become a ``KerasError``.
  public static func registerMetric(_ className: String, _ make: @escaping Maker<any Metric>) {
    makers.withLock { $0.metrics[className] = make }
  }

  /// Registers an optimizer class.
  ///
  /// - Parameters:
  ///   - className: The name in files: the class's ``Optimizer/className``.
  ///   - make: Creates the optimizer without its state; its errors become a ``KerasError``.
  public static func registerOptimizer(_ className: String, _ make: @escaping Maker<Optimizer>) {
    makers.withLock { $0.optimizers[className] = make }
  }

  // MARK: - Reading

  /// Creates a layer from a file; `nil` if its class is not registered.
  static func layer(_ entry: KerasClass, named name: String, _ config: JSON) throws(KerasError)
    -> Layer?
  {
    guard let make = entry.find(in: makers.withLock { $0.layers }) else { return nil }
    let layer = try made(entry, config, make)
    layer.rename(name)
    return layer
  }

  static func loss(_ json: JSON) throws(KerasError) -> (any Loss)? {
    try find(json, in: makers.withLock { $0.losses })
  }

  static func metric(_ json: JSON) throws(KerasError) -> (any Metric)? {
    try find(json, in: makers.withLock { $0.metrics })
  }

  static func optimizer(_ json: JSON) throws(KerasError) -> Optimizer? {
    try find(json, in: makers.withLock { $0.optimizers })
  }

  private static func find<Object>(
    _ json: JSON, in makers: [String: Maker<Object>]
  ) throws(KerasError) -> Object? {
    guard let entry = KerasClass(json), let make = entry.find(in: makers) else { return nil }
    return try made(entry, json["config"] ?? .object([:]), make)
  }

  private static func made<Object>(
    _ entry: KerasClass, _ config: JSON, _ make: Maker<Object>
  ) throws(KerasError) -> Object {
    do {
      return try make(config)
    } catch let error as KerasError {
      throw error
    } catch {
      throw .malformed("the class '\(entry.name)' cannot be made: \(error)")
    }
  }
}

/// The names of a class in a file.
struct KerasClass {
  /// The name of the class.
  let name: String

  /// The registered name in Keras, such as `My>Scale`, if the file contains it.
  let registeredName: String?

  init(name: String, registeredName: String? = nil) {
    (self.name, self.registeredName) = (name, registeredName)
  }

  /// Reads `{"class_name": "Scale", "registered_name": "My>Scale", …}`; `nil` without a class.
  init?(_ json: JSON) {
    guard let name = json["class_name"]?.string else { return nil }
    self.init(name: name, registeredName: json["registered_name"]?.string)
  }

  /// Finds the entry of one of the names, the registered name first.
  func find<Value>(in table: [String: Value]) -> Value? {
    if let registeredName, let value = table[registeredName] { return value }
    if let value = table[name] { return value }
    // Keras 2 and `tf_keras` files include the package in the class name.
    return name.split(separator: ">").last.flatMap { table[String($0)] }
  }

  /// The keys by which Keras 3 finds a custom class, in `custom_objects` or registered.
  static func keys(of className: String) -> JSON.Object {
    let name = className.split(separator: ">").last.map(String.init) ?? className
    return [
      "class_name": .string(name), "module": .null, "registered_name": .string(className),
    ]
  }
}
