public import ArgumentParser
public import Inference

/// The values of `--scale`.
public enum ScaleOption: String, CaseIterable, ExpressibleByArgument, Sendable {
  /// Inferred from the model.
  case auto
  /// From 0 to 1.
  case zeroToOne = "0..1"
  /// From 0 to 255.
  case bytes = "0..255"
  /// From -1 to 1.
  case minusOneToOne = "-1..1"
  /// Another name of ``zeroToOne``.
  case factor = "1/255"

  /// The pixel range; `nil` for `auto`.
  public var range: PixelRange? { self == .factor ? .zeroToOne : PixelRange(rawValue: rawValue) }
}
