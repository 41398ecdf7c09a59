extension Layer {
  /// The class name in files: a model with a graph is `Sequential` or `Functional`, regardless of
  /// its Swift class.
  package final var classNameInFiles: String {
    guard let graph = (self as? Model)?.graph else { return Swift.type(of: self).className }
    return self is Functional || graph.chain == nil ? Functional.className : Sequential.className
  }
}
