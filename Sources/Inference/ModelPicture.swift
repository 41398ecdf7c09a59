import Images

/// An image in the size and with the channels of a model's input.
struct ModelPicture {
  /// `[height, width, channels]`.
  let pixels: [UInt8]
  /// The width, in pixels.
  let width: Int
  /// The number of channels.
  let channels: Int
  /// The decisions of the preprocessing.
  var preprocessing: Preprocessing
  /// How plausible it is that this is the digit of the picture.
  var plausibility = Plausibility(contrast: 1, foreign: 0)
  /// What the picture may show instead, if ink may be dark or light; the model decides.
  var alternatives: [ModelPicture] = []

  /// Creates the input from a preprocessed digit, repeated in each channel and resized if
  /// necessary.
  init(_ digit: DigitPreprocessor.Candidate, for layout: InputLayout) {
    let side = FittedDigit.side
    var gray = digit.pixels
    if layout.width != side || layout.height != side {
      gray = Resampling.of(
        gray.map(UInt16.init), width: side, toWidth: layout.width, height: layout.height
      ).map { UInt8(min($0 + 0.5, 255)) }
    }
    width = layout.width
    channels = layout.channels
    preprocessing = digit.preprocessing
    plausibility = digit.plausibility
    pixels = layout.pixels(ofGray: gray)
  }

  /// Creates the input as the pictures of a training are prepared, with the same bits.
  ///
  /// - Parameters:
  ///   - image: The picture.
  ///   - layout: The input layout of the model; alpha is opaque.
  ///   - fit: What happens to pictures of another aspect ratio.
  ///   - color: The colour to which the picture is converted; `nil` for that of the layout.
  ///   - inversion: The inversion mode; only `yes` inverts.
  init(
    _ image: Image, for layout: InputLayout, fit: PicturePreparation.Fit,
    color: PicturePreparation.Color?, inversion: InversionMode
  ) {
    let color = color ?? (layout.channels == 1 ? .gray : .rgb)
    let preparation = PicturePreparation(
      width: layout.width, height: layout.height, color: color, fit: fit)
    var pixels = preparation(image)
    let isInverted = inversion == .yes
    if isInverted { pixels = pixels.map { 255 - $0 } }
    if color == .gray {
      pixels = layout.pixels(ofGray: pixels)
    } else if layout.channels == 4 {
      pixels = stride(from: 0, to: pixels.count, by: 3).flatMap { pixels[$0..<$0 + 3] + [255] }
    }
    self.pixels = pixels
    width = layout.width
    channels = layout.channels
    let isAsItIs = image.width == layout.width && image.height == layout.height
    preprocessing = Preprocessing(
      mode: isAsItIs ? .none : .resize, of: Luminance(image),
      inversion: Inversion(
        isInverted: isInverted, reason: inversion == .auto ? .asIs : .requested))
    preprocessing.fit = isAsItIs ? nil : fit.rawValue
  }

  /// Creates the input from the whole image, resized if necessary.
  ///
  /// - Parameters:
  ///   - image: The picture.
  ///   - layout: The input layout of the model.
  ///   - mode: `auto` and `resize` resize the image; `none` requires the model's input size.
  ///   - inversion: The inversion mode; only `yes` inverts.
  /// - Throws: ``PreprocessingError/wrongSize(width:height:wantedWidth:wantedHeight:)``.
  init(
    _ image: Image, for layout: InputLayout, mode: PreprocessingMode, inversion: InversionMode
  ) throws(PreprocessingError) {
    let isAsItIs = image.width == layout.width && image.height == layout.height
    guard isAsItIs || mode != .none else {
      throw .wrongSize(
        width: image.width, height: image.height, wantedWidth: layout.width,
        wantedHeight: layout.height)
    }
    let picture = Luminance(image)
    let planes = layout.channels == 1 ? [picture.levels] : image.planes(layout.channels)
    let isInverted = inversion == .yes
    let channels = planes.map { plane -> [UInt8] in
      let levels =
        isAsItIs
        ? plane.map(Float.init)
        : Resampling.of(
          plane, width: image.width, toWidth: layout.width, height: layout.height)
      return levels.map { level in
        let byte = UInt8(min(max(level * 255 / Float(Luminance.full) + 0.5, 0), 255))
        return isInverted ? 255 - byte : byte
      }
    }
    pixels =
      channels.count == 1
      ? channels[0]
      : channels[0].indices.flatMap { index in channels.map { $0[index] } }
    width = layout.width
    self.channels = layout.channels
    preprocessing = Preprocessing(
      mode: isAsItIs && mode != .resize ? .none : .resize, of: picture,
      inversion: Inversion(
        isInverted: isInverted, reason: inversion == .auto ? .asIs : .requested))
  }
}

extension Image {
  /// The 16-bit planes of shape `[height, width]`: RGB on white background, or RGBA.
  fileprivate func planes(_ count: Int) -> [[UInt16]] {
    let (full, maximum) = (Luminance.full, Int(format.maximum))
    let unit = full / maximum
    let pixels = 0..<width * height
    return (0..<count).map { channel in
      pixels.map { pixel in
        let start = pixel * format.channels
        guard format.channels > 1 else {
          return channel == 3 ? UInt16(full) : samples[start] * UInt16(unit)
        }
        guard format.channels == 4, count < 4 else {
          return channel < format.channels ? samples[start + channel] * UInt16(unit) : UInt16(full)
        }
        let alpha = Int(samples[start + 3]) * unit
        let sum = Int(samples[start + channel]) * unit * alpha + full * (full - alpha)
        return UInt16((sum + full / 2) / full)
      }
    }
  }
}
