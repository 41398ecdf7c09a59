public import JSON

/// How a classifier's pictures are prepared, and what its classes are called.
///
/// Every format of a file keeps it, in a dataset that Keras ignores.
///
/// ```swift
/// let pictures = PictureConfig(classNames: ["cat", "dog"], fit: "crop")
/// try Checkpoint(model: model, pictures: pictures).save(to: "\(folder)/pets.keras")
/// let read = try CheckpointFile(opening: "\(folder)/pets.keras").pictureConfig()
/// print(read?.classNames ?? [])  // ["cat", "dog"]
/// ```
public struct PictureConfig: Equatable, Sendable {
  /// The names of the classes, in the order of the model's outputs; empty if they have none.
  public var classNames: [String]

  /// How a picture is fitted to the size of the model's input: `crop`, `pad` or `stretch`; `nil` if
  /// the pictures of the training had that size.
  public var fit: String?

  /// Whether the pixels that the model was trained with are bytes divided by 255, or in another
  /// range if ``pixelRange`` says so; otherwise, they are numbers as the data had them.
  public var scalesBytes: Bool

  /// The numbers that bytes have for the model, if not those from 0 to 1: `0..255` or `-1..1`.
  public var pixelRange: String?

  /// The class whose pictures show none of the other classes, one of ``classNames``; `nil` if there
  /// is none.
  public var rejectedClass: String?

  /// The calibration of the outputs, and the pictures that are not answered; `nil` if unknown.
  public var rejection: RejectionConfig?

  /// Creates a config.
  ///
  /// - Parameters:
  ///   - classNames: The names of the classes; empty if they have none.
  ///   - fit: `crop`, `pad` or `stretch`; `nil` if pictures are not fitted.
  ///   - scalesBytes: Whether pixels are bytes divided by 255.
  ///   - pixelRange: The numbers that bytes have for the model, if not those from 0 to 1.
  ///   - rejectedClass: The class whose pictures show none of the others.
  ///   - rejection: The calibration of the outputs.
  public init(
    classNames: [String], fit: String? = nil, scalesBytes: Bool = true, pixelRange: String? = nil,
    rejectedClass: String? = nil, rejection: RejectionConfig? = nil
  ) {
    (self.classNames, self.fit, self.scalesBytes) = (classNames, fit, scalesBytes)
    (self.pixelRange, self.rejectedClass) = (pixelRange, rejectedClass)
    self.rejection = rejection
  }

  /// The config as JSON.
  public var json: JSON {
    .object([
      "class_names": .array(classNames.map(JSON.string)), "fit": fit.map(JSON.string),
      "scales_bytes": .bool(scalesBytes), "pixel_range": pixelRange.map(JSON.string),
      "rejected_class": rejectedClass.map(JSON.string), "rejection": rejection?.json,
    ])
  }

  /// Reads a config; `nil` if the JSON is none.
  ///
  /// - Parameter json: The config as JSON.
  public init?(json: JSON) {
    let names = json["class_names"]?.array?.map(\.string)
    guard let names, names.count <= 1 << 16, !names.contains(nil),
      let scalesBytes = json["scales_bytes"]?.bool,
      [nil, "crop", "pad", "stretch"].contains(json["fit"]?.string),
      [nil, "0..255", "-1..1"].contains(json["pixel_range"]?.string)
    else { return nil }
    self.init(
      classNames: names.compactMap(\.self), fit: json["fit"]?.string, scalesBytes: scalesBytes,
      pixelRange: json["pixel_range"]?.string, rejectedClass: json["rejected_class"]?.string,
      rejection: json["rejection"].flatMap(RejectionConfig.init))
    // What is there must be valid.
    let hasClass = rejectedClass.map { names.contains($0) } ?? (json["rejected_class"] == nil)
    guard hasClass, (rejection == nil) == (json["rejection"] == nil) else { return nil }
  }
}
