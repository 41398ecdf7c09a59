import NeuralNetwork
import Tensors

extension Model {
  /// The variables of all layers, each with the names of its layers and its own, such as
  /// `conv1/kernel`.
  var namedVariables: [(name: String, variable: Variable)] {
    var known: Set<String> = []
    return layersInOrder.flatMap { $0.variables(below: "") }.map { name, variable in
      var unique = name
      var count = 1
      while !known.insert(unique).inserted {
        unique = "\(name)_\(count)"
        count += 1
      }
      return (unique, variable)
    }
  }
}

extension Layer {
  fileprivate func variables(below path: String) -> [(String, Variable)] {
    let path = "\(path)\(name)/"
    if let model = self as? Model {
      return model.layersInOrder.flatMap { $0.variables(below: path) }
    }
    return variables.map { ("\(path)\($0.name)", $0) }
  }
}
