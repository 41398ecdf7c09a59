import JSON
import NeuralNetwork

/// In what the description of a model or an optimizer in a file differs from the one that is loaded into.
///
/// None of it keeps weights from fitting, but the numbers would come out otherwise.
enum Differences {
  /// The options in which two optimizers differ, but for what is loaded with their state.
  ///
  /// - Parameters:
  ///   - stored: The one that the file describes.
  ///   - own: The one that is loaded into.
  /// - Returns: A text for each option; empty if they are of different classes.
  static func options(of stored: Optimizer, and own: Optimizer) -> [String] {
    guard type(of: stored) == type(of: own) else { return [] }
    var ignored: Set = ["name"]
    if stored.hasLearningRateVariable { ignored.insert("learning_rate") }
    return differing(stored.config, own.config, but: ignored)
  }

  /// The options in which the layers of two models differ.
  ///
  /// - Parameters:
  ///   - stored: The model that the file describes.
  ///   - own: The model that is loaded into.
  /// - Returns: A text for each option; empty if the models are made of other layers.
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
    _ stored: [String: JSON], _ own: [String: JSON], but ignored: Set<String>
  ) -> [String] {
    Set(stored.keys).union(own.keys).subtracting(ignored).sorted().compactMap { key in
      guard stored[key] != own[key] else { return nil }
      let (inFile, here) = (stored[key]?.text ?? "none", own[key]?.text ?? "none")
      return "\(key) is \(inFile) in the file, \(here) here"
    }
  }
}
