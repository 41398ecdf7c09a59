import Preconditions
import CKernels

/// How a window that slides over an image treats the border; the names are Keras's.
public enum Padding: String, Sendable {
  /// The window stays inside the image.
  case valid

  /// The image is surrounded by zeros, so that an output has ⌈input / stride⌉ rows and columns. If
  /// their number is odd, the extra row is at the bottom and the extra column at the right, as in
  /// TensorFlow.
  case same
}

/// Height and width of something two-dimensional, in pixels.
public struct Size2D: Hashable, Sendable, ExpressibleByIntegerLiteral {
  /// The number of rows.
  public let height: Int

  /// The number of columns.
  public let width: Int

  /// Creates a size.
  ///
  /// - Parameters:
  ///   - height: The number of rows, at least 1.
  ///   - width: The number of columns, at least 1.
  public init(_ height: Int, _ width: Int) {
    require(
      height > 0 && width > 0,
      "Size2D: `height` and `width` must be at least 1, but are \(height) and \(width).")
    self.height = height
    self.width = width
  }

  /// Creates a square.
  public init(integerLiteral side: Int) {
    self.init(side, side)
  }
}

/// A window that slides over images of shape `[height, width, channels]`.
public struct Window: Sendable {
  let kernel: cairn_window

  /// The number of rows of an output image.
  public var outputHeight: Int { Int(kernel.output_height) }

  /// The number of columns of an output image.
  public var outputWidth: Int { Int(kernel.output_width) }

  /// Places a window; `nil` if it is larger than the image and must stay inside.
  ///
  /// - Parameters:
  ///   - size: The size of the window.
  ///   - strides: How far it moves.
  ///   - dilation: The distance of the pixels that it sees; 1 if they are neighbours.
  ///   - padding: What happens at the border.
  ///   - groups: Into how many parts the channels are divided, of which the window sees one.
  ///   - image: The shape of an image, `[height, width, channels]`.
  public init?(
    _ size: Size2D, strides: Size2D, dilation: Size2D = 1, padding: Padding, groups: Int = 1,
    over image: Shape
  ) {
    require(
      image.count == 3, "An image must have the shape [height, width, channels], but has \(image).")
    func place(_ extent: Int, _ size: Int, _ stride: Int, _ dilation: Int)
      -> (output: Int, before: Int)?
    {
      let window = (size - 1) * dilation + 1
      switch padding {
      case .valid:
        return extent < window ? nil : ((extent - window) / stride + 1, 0)
      case .same:
        let output = (extent + stride - 1) / stride
        return (output, max(0, (output - 1) * stride + window - extent) / 2)
      }
    }
    guard
      let vertical = place(image[0], size.height, strides.height, dilation.height),
      let horizontal = place(image[1], size.width, strides.width, dilation.width)
    else { return nil }
    kernel = cairn_window(
      height: Int64(image[0]), width: Int64(image[1]), channels: Int64(image[2]),
      output_height: Int64(vertical.output), output_width: Int64(horizontal.output),
      window_height: Int64(size.height), window_width: Int64(size.width),
      stride_height: Int64(strides.height), stride_width: Int64(strides.width),
      padding_top: Int64(vertical.before), padding_left: Int64(horizontal.before),
      dilation_height: Int64(dilation.height), dilation_width: Int64(dilation.width),
      window_channels: Int64(image[2] / groups))
  }

  /// Places the window of a convolution whose gradient a transposed convolution is: over its output;
  /// `nil` if that has no pixels.
  ///
  /// - Parameters:
  ///   - size: The size of the window.
  ///   - strides: How far it moves in the output from one pixel of the input to the next.
  ///   - dilation: The distance of the pixels that it sees; 1 if they are neighbours.
  ///   - padding: What happens at the border; with `same`, an output has input · stride rows.
  ///   - outputPadding: How many rows and columns the output has beyond those that the input and
  ///     the window make certain; by default as many as there may be.
  ///   - input: The shape of an image of the input, `[height, width, channels]`.
  ///   - filters: The number of channels of the output.
  public init?(
    transposed size: Size2D, strides: Size2D, dilation: Size2D = 1, padding: Padding,
    outputPadding: (height: Int, width: Int)? = nil, over input: Shape, filters: Int
  ) {
    require(
      input.count == 3, "An image must have the shape [height, width, channels], but has \(input).")
    func place(_ extent: Int, _ size: Int, _ stride: Int, _ dilation: Int, _ more: Int?)
      -> (output: Int, before: Int)
    {
      let (window, moved) = ((size - 1) * dilation + 1, (extent - 1) * stride)
      switch padding {
      case .valid:
        return (moved + window + (more ?? max(stride - window, 0)), 0)
      case .same:
        let output = moved + (more.map { $0 + window % 2 } ?? stride)
        return (output, max(0, moved + window - output) / 2)
      }
    }
    let vertical = place(
      input[0], size.height, strides.height, dilation.height, outputPadding?.height)
    let horizontal = place(
      input[1], size.width, strides.width, dilation.width, outputPadding?.width)
    guard vertical.output > 0, horizontal.output > 0 else { return nil }
    kernel = cairn_window(
      height: Int64(vertical.output), width: Int64(horizontal.output), channels: Int64(filters),
      output_height: Int64(input[0]), output_width: Int64(input[1]),
      window_height: Int64(size.height), window_width: Int64(size.width),
      stride_height: Int64(strides.height), stride_width: Int64(strides.width),
      padding_top: Int64(vertical.before), padding_left: Int64(horizontal.before),
      dilation_height: Int64(dilation.height), dilation_width: Int64(dilation.width),
      window_channels: Int64(filters))
  }

  /// The number of rows of an image that the window slides over.
  public var inputHeight: Int { Int(kernel.height) }

  /// The number of columns of an image that the window slides over.
  public var inputWidth: Int { Int(kernel.width) }

  /// The number of elements of an image with what is around it, for windows that leave it.
  ///
  /// A floating-point number, because the sizes in a file can multiply to more than an integer holds.
  public var surroundedCount: Double {
    Double(paddedHeight) * Double(paddedWidth) * Double(kernel.channels)
  }

  /// The number of pixels of an output image.
  var outputPixels: Int { outputHeight * outputWidth }

  /// How many channels the window sees.
  var channels: Int { Int(kernel.window_channels) }

  /// Into how many parts the channels are divided, of which the window sees one.
  var groups: Int { Int(kernel.channels / max(kernel.window_channels, 1)) }
}

/// Images as the window sees them: with zeros around, so that it is never outside.
extension Window {
  private var paddedHeight: Int {
    let window = (kernel.window_height - 1) * kernel.dilation_height + 1
    return max(Int(kernel.height), (outputHeight - 1) * Int(kernel.stride_height) + Int(window))
  }

  private var paddedWidth: Int {
    let window = (kernel.window_width - 1) * kernel.dilation_width + 1
    return max(Int(kernel.width), (outputWidth - 1) * Int(kernel.stride_width) + Int(window))
  }

  /// Whether the window leaves the image anywhere.
  var isPadded: Bool { paddedHeight > Int(kernel.height) || paddedWidth > Int(kernel.width) }

  /// The number of elements of a padded image.
  var paddedCount: Int { paddedHeight * paddedWidth * Int(kernel.channels) }

  /// Copies an image between the zeros of a padded one.
  func copy(_ image: UnsafePointer<Float>, into padded: UnsafeMutablePointer<Float>) {
    let rowCount = Int(kernel.width * kernel.channels)
    for row in 0..<Int(kernel.height) {
      let place = (row + Int(kernel.padding_top)) * paddedWidth + Int(kernel.padding_left)
      (padded + place * Int(kernel.channels))
        .update(from: image + row * rowCount, count: rowCount)
    }
  }

  /// For each output pixel, where the window begins in a padded image.
  var pixelOffsets: [Int32] {
    offsets(
      height: outputHeight, rowStep: Int(kernel.stride_height), width: outputWidth,
      columnStep: Int(kernel.stride_width), channels: 1)
  }

  /// For each element of the window, where it is from the beginning of the window.
  var tapOffsets: [Int32] {
    offsets(
      height: Int(kernel.window_height), rowStep: Int(kernel.dilation_height),
      width: Int(kernel.window_width), columnStep: Int(kernel.dilation_width), channels: channels)
  }

  private func offsets(
    height: Int, rowStep: Int, width: Int, columnStep: Int, channels: Int
  ) -> [Int32] {
    [Int32](unsafeUninitializedCapacity: height * width * channels) { offsets, count in
      for row in 0..<height {
        for column in 0..<width {
          for channel in 0..<channels {
            let pixel = row * rowStep * paddedWidth + column * columnStep
            offsets[count] = Int32(pixel * Int(kernel.channels) + channel)
            count += 1
          }
        }
      }
    }
  }
}
