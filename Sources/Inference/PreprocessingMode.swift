/// How a picture becomes the pixels that a model reads.
public enum PreprocessingMode: String, CaseIterable, Sendable, Encodable {
  /// For a model of digits, ``none`` if the picture was made by MNIST's own rule, else ``mnist``;
  /// for a model of other things, ``none`` if the picture has its size, else ``resize``.
  case auto
  /// The rule that made MNIST: crop to the ink, fit in 20 x 20, centre by mass in 28 x 28.
  case mnist
  /// The whole picture, scaled to the size of the model.
  case resize
  /// The picture's own pixels, as many as the model takes.
  case none
}

/// Whether a picture's ink is dark, so that it is inverted: the network reads light ink.
public enum InversionMode: String, CaseIterable, Sendable, Encodable {
  /// Inverts a digit if the ink is darker than the paper; never what is taken as it is.
  case auto
  /// Takes what is dark for ink.
  case yes
  /// Takes what is light for ink.
  case no
}
