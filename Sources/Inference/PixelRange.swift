/// The numbers that a model is given for pixels from black, 0, to white, 255.
public enum PixelRange: String, CaseIterable, Sendable, Encodable {
  /// From 0 to 1: what most models are trained with.
  case zeroToOne = "0..1"

  /// From 0 to 255: for models that scale their input themselves.
  case bytes = "0..255"

  /// From -1 to 1.
  case minusOneToOne = "-1..1"

  /// The numbers for black and for white.
  var limits: (low: Double, high: Double) {
    switch self {
    case .zeroToOne: (0, 1)
    case .bytes: (0, 255)
    case .minusOneToOne: (-1, 1)
    }
  }

  /// Returns the number for a pixel.
  ///
  /// - Parameter level: The pixel's level, from 0 to 255.
  /// - Returns: The number.
  func value(of level: UInt8) -> Float {
    switch self {
    case .zeroToOne: Float(level) / 255
    case .bytes: Float(level)
    case .minusOneToOne: Float(level) / 127.5 - 1
    }
  }
}
