/// The pixel value range of a model's input, from black (level 0) to white (level 255).
///
/// See ``Preprocessing`` for an example.
public enum PixelRange: String, CaseIterable, Sendable {
  /// From 0 to 1, as for most models.
  case zeroToOne = "0..1"

  /// From 0 to 255, for models that scale their input themselves.
  case bytes = "0..255"

  /// From -1 to 1.
  case minusOneToOne = "-1..1"

  /// The values of black and white.
  var limits: (low: Double, high: Double) {
    switch self {
    case .zeroToOne: (0, 1)
    case .bytes: (0, 255)
    case .minusOneToOne: (-1, 1)
    }
  }

  /// Returns the input value of a pixel.
  ///
  /// - Parameter level: The pixel's level, from 0 to 255.
  /// - Returns: The input value.
  func value(of level: UInt8) -> Float {
    switch self {
    case .zeroToOne: Float(level) / 255
    case .bytes: Float(level)
    case .minusOneToOne: Float(level) / 127.5 - 1
    }
  }
}
