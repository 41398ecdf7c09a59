/// A reason why a model has no form in ONNX.
package enum ONNXError: Error, Equatable, CustomStringConvertible {
  /// A layer cannot be expressed; the reason is a phrase that follows its name.
  case unsupported(layer: String, reason: String)

  /// The model is larger than a file may be.
  case tooLarge(size: Int)

  /// The error in one sentence.
  package var description: String {
    switch self {
    case .unsupported(let layer, let reason): "The layer '\(layer)' \(reason)"
    case .tooLarge(let size):
      """
      It takes \(size) bytes, more than Protocol Buffers allow: a file can have at most \
      \(ModelProto.maximumSize) bytes
      """
    }
  }
}
