/// The preprocessing of an image for a model.
///
/// ```swift
/// let asMNIST = try classifier(picture, mode: .mnist, inversion: .auto)
/// let asIs = try classifier(picture, mode: .resize, inversion: .yes)  // dark ink becomes light
/// print(asMNIST.label, asIs.label)  // 7 7
/// ```
public enum PreprocessingMode: String, CaseIterable, Sendable {
  /// For digit models, ``none`` if the image looks like MNIST, otherwise ``mnist``; for other
  /// models, ``none`` if the size fits, otherwise ``resize``.
  case auto
  /// MNIST's preprocessing: crop to the ink, fit in 20 × 20, centre by mass in 28 × 28.
  case mnist
  /// Resize the whole image to the model's input size.
  case resize
  /// Use the pixels unchanged; the image must have the model's input size.
  case none
}

/// Whether to invert an image with dark ink; networks for digits expect light ink on dark
/// background.
///
/// See ``PreprocessingMode`` for an example.
public enum InversionMode: String, CaseIterable, Sendable {
  /// Inverts digits that are darker than their background; never inverts images used unchanged.
  case auto
  /// Treats dark pixels as ink, and inverts the image.
  case yes
  /// Treats light pixels as ink, without inversion.
  case no
}
