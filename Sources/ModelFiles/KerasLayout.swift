import NeuralNetwork

/// The layout of a checkpoint file: the paths of Keras and those of Cairn.
///
/// It follows the behavior of Keras 3.0 to 3.15; `tools/check-keras` verifies it with Keras itself.
package enum KerasLayout {
  /// The version of the checkpoint format that this library writes.
  package static let formatVersion = 1

  /// The version of Keras whose layout this library writes.
  static let kerasVersion = "3.15.1"

  /// The group of Cairn, which Keras ignores.
  package static let trainingState = "training_state"

  /// The dataset with the ``PictureConfig``, which Keras ignores.
  static let pictureConfig = "picture_config"

  /// The attribute with the ID of the run that wrote the file.
  package static let runID = "run_id"

  /// The digests of all tensors, in the group of Cairn.
  static let contentDigests = "\(trainingState)/content/digests"

  /// The paths of the tensors with digests, in the group of Cairn.
  static let contentPaths = "\(trainingState)/content/paths"

  /// The group of the optimizer's variables.
  package static let optimizerVariables = "optimizer/vars"

  /// The keys of layers under `/layers`.
  ///
  /// A key is the class name in snake case, with a counter from the second layer of a class on. The
  /// names of the layers do not matter.
  ///
  /// - Parameter classNames: The classes of the layers, in order.
  /// - Returns: The keys, one for each layer.
  static func keys(classNames: [String]) -> [String] {
    var counts: [String: Int] = [:]
    return classNames.map { className in
      let key = className.snakeCased
      let count = counts[key, default: 0]
      counts[key] = count + 1
      return count == 0 ? key : "\(key)_\(count)"
    }
  }

  /// The path of the variables of the layer with a key.
  package static func variables(of key: String) -> String { "layers/\(key)/vars" }
}

extension [Layer] {
  /// The keys of the layers under `/layers`.
  var keys: [String] { KerasLayout.keys(classNames: map(\.classNameInFiles)) }
}
