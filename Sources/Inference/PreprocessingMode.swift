/// How a picture becomes the 28 x 28 pixels that a network reads.
public enum PreprocessingMode: String, CaseIterable, Sendable, Encodable {
  /// As MNIST's own rule made it already: taken as it is. Everything else: ``mnist``.
  case auto
  /// The rule that made MNIST: crop to the ink, fit in 20 x 20, centre by mass in 28 x 28.
  case mnist
  /// The whole picture, averaged over the areas of 28 x 28 cells.
  case resize
  /// The picture's own pixels, which must be 28 x 28.
  case none
}

/// Whether a picture's ink is dark, so that it is inverted: the network reads light ink.
public enum InversionMode: String, CaseIterable, Sendable, Encodable {
  /// Inverts if the ink is darker than the paper; never what is taken as it is.
  case auto
  /// Takes what is dark for ink.
  case yes
  /// Takes what is light for ink.
  case no
}
