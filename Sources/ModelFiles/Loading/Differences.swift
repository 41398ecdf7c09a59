import JSON
import NeuralNetwork

/// The differences between the description of a model or an optimizer in a file and the
/// destination.
///
/// The weights still match despite these differences, but the results may differ.
enum Differences {
  /// The options in which two optimizers differ, except those loaded with their state.
  ///
  /// - Parameters:
  ///   - stored: The optimizer described in the file.
  ///   - own: The optimizer into which the state is loaded.
  /// - Returns: A text for each option; empty if the classes differ.
  static func options(of stored: Optimizer, and own: Optimizer) -> [String] {
    guard type(of: stored) == type(of: own) else { return [] }
    var ignored: Set = ["name"]
    if stored.hasLearningRateVariable { ignored.insert("learning_rate") }
    return differing(stored.config, own.config, but: ignored).map(\.text)
  }

  /// The options in which the layers of two models differ.
  ///
  /// - Parameters:
  ///   - stored: The model described in the file.
  ///   - own: The model into which the weights are loaded.
  /// - Returns: A text for each option; empty if the classes of the layers differ.
  static func layers(of stored: Architecture, and own: Architecture) -> [String] {
    let (stored, own) = (leaves(stored.layers), leaves(own.layers))
    guard classes(stored) == classes(own) else { return [] }
    return zip(stored, own).flatMap { stored, own in
      differing(stored.config, own.config, but: ["name"]).map { "\(own.name): \($0.text)" }
    }
  }

  /// What differs in the layers of two models: their classes, or else their options.
  static func ofLayers(_ stored: Architecture, and own: Architecture) -> [Difference] {
    let (stored, own) = (leaves(stored.layers), leaves(own.layers))
    let (storedClasses, ownClasses) = (classes(stored), classes(own))
    guard storedClasses == ownClasses else {
      return [
        Difference(
          name: "layers", inFile: storedClasses.joined(separator: ", "),
          here: ownClasses.joined(separator: ", "))
      ]
    }
    return zip(stored, own).flatMap { stored, own in
      differing(stored.config, own.config, but: ["name"]).map {
        Difference(name: "\(own.name).\($0.name)", inFile: $0.inFile, here: $0.here)
      }
    }
  }

  private static func classes(_ layers: [Layer]) -> [String] {
    layers.map { type(of: $0).className }
  }

  private static func leaves(_ layers: [Layer]) -> [Layer] {
    layers.flatMap { layer in (layer as? Model).map { leaves($0.layersInOrder) } ?? [layer] }
  }

  private static func differing(
    _ stored: JSON.Object, _ own: JSON.Object, but ignored: Set<String>
  ) -> [Difference] {
    Set(stored.keys).union(own.keys).subtracting(ignored).sorted().compactMap { key in
      guard stored[key] != own[key] else { return nil }
      return Difference(
        name: key, inFile: stored[key]?.text ?? "none", here: own[key]?.text ?? "none")
    }
  }
}

/// A value that differs between a file and the destination.
package struct Difference {
  /// The name of the value.
  package let name: String

  /// The value in the file.
  package let inFile: String

  /// The value of the destination.
  package let here: String

  /// The difference as a clause.
  fileprivate var text: String { "\(name) is \(inFile) in the file, \(here) here" }
}
