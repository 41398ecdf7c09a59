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
    return differing(stored.config, own.config, but: ignored)
  }

  /// The options in which the layers of two models differ.
  ///
  /// - Parameters:
  ///   - stored: The model described in the file.
  ///   - own: The model into which the weights are loaded.
  /// - Returns: A text for each option; empty if the classes of the layers differ.
  static func layers(of stored: Architecture, and own: Architecture) -> [String] {
    let (stored, own) = (leaves(stored.layers), leaves(own.layers))
    guard stored.map({ type(of: $0).className }) == own.map({ type(of: $0).className }) else {
      return []
    }
    return zip(stored, own).flatMap { stored, own in
      differing(stored.config, own.config, but: ["name"]).map { "\(own.name): \($0)" }
    }
  }

  private static func leaves(_ layers: [Layer]) -> [Layer] {
    layers.flatMap { layer in (layer as? Model).map { leaves($0.layersInOrder) } ?? [layer] }
  }

  private static func differing(
    _ stored: JSON.Object, _ own: JSON.Object, but ignored: Set<String>
  ) -> [String] {
    Set(stored.keys).union(own.keys).subtracting(ignored).sorted().compactMap { key in
      guard stored[key] != own[key] else { return nil }
      let (inFile, here) = (stored[key]?.text ?? "none", own[key]?.text ?? "none")
      return "\(key) is \(inFile) in the file, \(here) here"
    }
  }
}
