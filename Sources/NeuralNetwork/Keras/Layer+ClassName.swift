extension Layer {
  /// The class that files name: a model that a file can describe is one of Keras's own kinds, whatever
  /// its class is here.
  package final var classNameInFiles: String {
    guard let graph = (self as? Model)?.graph else { return Swift.type(of: self).className }
    return self is Functional || graph.chain == nil ? Functional.className : Sequential.className
  }
}
