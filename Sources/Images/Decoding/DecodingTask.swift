import Sandbox

/// What a library for pictures has to do; the headers of the picture have been checked.
enum DecodingTask: Equatable {
  /// - Parameters:
  ///   - width: The width of the picture in pixels.
  ///   - height: Its height.
  ///   - bits: The bits of a sample: 16 for RGBA, 8 for the file's own channels.
  ///   - channels: The number of channels: 4, or those of the file.
  ///   - reduction: The downscaling factor, 1 for samples of 8 bits.
  case png(width: Int, height: Int, bits: Int, channels: Int, reduction: Int)
  /// - Parameters:
  ///   - width: The width of the picture in pixels.
  ///   - height: Its height.
  ///   - components: The number of components: 1 for gray, 3 for RGB, 4 for CMYK.
  ///   - reduction: The downscaling factor.
  case jpeg(width: Int, height: Int, components: Int, reduction: Int)

  /// The format of the picture.
  var format: ImageFormat {
    switch self {
    case .png: .png
    case .jpeg: .jpeg
    }
  }

  /// The number of bytes of all samples.
  var byteCount: Int {
    switch self {
    case .png(let width, let height, let bits, let channels, let reduction):
      let size = Image.size(width: width, height: height, reducedBy: reduction)
      return size.width * size.height * channels * bits / 8
    case .jpeg(let width, let height, let components, let reduction):
      let size = Image.size(width: width, height: height, reducedBy: reduction)
      return size.width * size.height * components
    }
  }

  /// The number of pixels of the picture.
  var pixelCount: Int {
    switch self {
    case .png(let width, let height, _, _, _), .jpeg(let width, let height, _, _):
      width * height
    }
  }
}

extension DecodingTask: Transferable {
  func write(to message: inout MessageWriter) {
    switch self {
    case .png(let width, let height, let bits, let channels, let reduction):
      for number in [0, width, height, bits, channels, reduction] { message.write(number) }
    case .jpeg(let width, let height, let components, let reduction):
      for number in [1, width, height, components, reduction] { message.write(number) }
    }
  }

  init(from message: inout MessageReader) throws(SandboxError) {
    switch try message.readInt() {
    case 0:
      self = .png(
        width: try message.readSize(), height: try message.readSize(),
        bits: try message.readSize(), channels: try message.readSize(),
        reduction: try message.readSize())
    case 1:
      self = .jpeg(
        width: try message.readSize(), height: try message.readSize(),
        components: try message.readSize(), reduction: try message.readSize())
    default: throw .malformed
    }
  }
}
