/// A layer class of Keras that files can name; listed in ``KerasRegistry/layers``.
package protocol KerasLayer: Layer {
  /// The names of the layer's variables in Keras's order; none by default.
  ///
  /// A last `bias` may be missing from a layer that has been created without one.
  static var variableNames: [String] { get }

  /// The options of initializers, with Keras's defaults such as `glorot_uniform`; none by default.
  static var initializers: [String: String] { get }

  /// The module of the class in Keras 3; `keras.layers` by default.
  static var module: String { get }

  /// Creates an unbuilt layer with the options of a file.
  ///
  /// - Parameter reader: The options. An option that is not read must be unknown to Keras or have
  ///   no effect.
  /// - Throws: ``KerasError`` if an option is missing, invalid or not supported.
  init(_ reader: OptionReader) throws(KerasError)
}

extension KerasLayer {
  /// The names of the layer's variables in Keras's order: none.
  package static var variableNames: [String] { [] }

  /// The module of most classes.
  package static var module: String { "keras.layers" }

  /// The options of initializers: none.
  package static var initializers: [String: String] { [:] }
}
