import NeuralNetwork

/// Where things stand in a checkpoint file, by Keras's rules and by our own.
///
/// Source: what Keras 3.0 to 3.15 write and read; `tools/check-keras` checks it with real Keras.
package enum KerasLayout {
  /// The version of the checkpoint format that this library writes.
  package static let formatVersion = 1

  /// The version of Keras whose layout is written.
  static let kerasVersion = "3.15.1"

  /// Our own group, which Keras ignores.
  package static let trainingState = "training_state"

  /// The attribute that tells which run wrote a file.
  static let runID = "run_id"

  /// The digests of all tensors, in our own group.
  static let contentDigests = "\(trainingState)/content/digests"

  /// The paths of the tensors that have digests, in our own group.
  static let contentPaths = "\(trainingState)/content/paths"

  /// The variables of the optimizer.
  package static let optimizerVariables = "optimizer/vars"

  /// The keys of layers under `/layers`.
  ///
  /// They are the class's name in snake case, and a counter from the second layer of a class on; the
  /// names of the layers do not matter.
  ///
  /// - Parameter classNames: The classes of the layers, in order.
  /// - Returns: The keys, one for each layer.
  package static func keys(classNames: [String]) -> [String] {
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
