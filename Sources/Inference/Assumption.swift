/// Something about the pictures of a model that its file does not say.
///
/// See ``ModelNote`` for an example.
public enum Assumption: Equatable, Sendable {
  /// The size of the input, which the model leaves open.
  case size(ClassifierOptions.Size)

  /// The channels are red, green and blue, in this order.
  case rgb

  /// The pixel value range.
  case range(PixelRange)

  /// Pictures of another aspect ratio are stretched.
  case stretched

  /// The classes have no names, only numbers.
  case classNumbers

  /// The name of the assumption in JSON.
  var name: String {
    switch self {
    case .size: "size"
    case .rgb: "colour"
    case .range: "scale"
    case .stretched: "fit"
    case .classNumbers: "classes"
    }
  }
}
