import JSON

/// An operation with which a functional model of Keras 3 computes a mask: a node beside the layers.
///
/// Keras adds these nodes when a layer that makes a mask is called, and gives their results to the
/// layers that use the mask. Cairn's layers pass masks on themselves, so that the nodes need not be
/// computed; but they must say what the layers do.
///
/// Source: `compute_mask` in keras/src/layers/core/embedding.py and masking.py.
enum MaskOperation {
  /// `not_equal(x, value)`.
  case notEqual(FunctionalNodes.Reference, value: Double)

  /// `any(x, axis=-1)`.
  case any(FunctionalNodes.Reference)

  /// Reads an entry of the list of layers; `nil` if it is something else.
  init?(_ entry: JSON) {
    guard entry["module"]?.string?.hasPrefix("keras.src.ops.") ?? true,
      let calls = entry["inbound_nodes"]?.array, calls.count == 1,
      let arguments = calls[0]["args"]?.array, let tensor = arguments.first,
      tensor["class_name"]?.string == "__keras_tensor__",
      let input = FunctionalNodes.Reference(tensor["config"]?["keras_history"] ?? .null)
    else { return nil }
    switch entry["class_name"]?.string {
    case "NotEqual":
      guard arguments.count == 2, let value = arguments[1].number else { return nil }
      self = .notEqual(input, value: value)
    case "Any":
      let axis = entry["config"]?["axis"] ?? calls[0]["kwargs"]?["axis"] ?? .null
      guard arguments.count == 1, axis == .integer(-1) || axis == .array([.integer(-1)]),
        entry["config"]?["keepdims"]?.truth != true
      else { return nil }
      self = .any(input)
    default: return nil
    }
  }
}

extension Layer {
  /// Whether the layer makes a mask of its input.
  package var makesMask: Bool { self is Masking || (self as? Embedding)?.masksZero == true }
}
