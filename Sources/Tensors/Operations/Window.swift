import Preconditions
import CKernels
import Threads

/// The padding mode of a sliding window; the names are Keras's.
///
/// ```swift
/// let x = Tensor(zeros: [1, 28, 28, 1])
/// let smaller = Conv2D(8, 3, padding: .valid)(x)  // [1, 26, 26, 8]
/// let equal = Conv2D(8, 3, padding: .same)(x)  // [1, 28, 28, 8]
/// let halved = Conv2D(8, 3, strides: 2, padding: .same)(x)  // [1, 14, 14, 8]
/// ```
public enum Padding: String, Sendable {
  /// No padding: the window stays inside the image.
  case valid

  /// Zero padding, so that the output has ⌈input / stride⌉ rows and columns.
  ///
  /// If the number of padding rows or columns is odd, the extra one is at the bottom or right, as
  /// in TensorFlow.
  case same

  /// Zero padding at the top and left alone, so that the output has ⌈input / stride⌉ rows and
  /// columns, and none of them depends on later ones of the input.
  case causal
}

/// A two-dimensional size in pixels.
///
/// ```swift
/// let layer = Conv2D(8, Size2D(3, 5), strides: 2)  // 3 rows, 5 columns; a number is a square
/// let features = layer(Tensor(zeros: [1, 28, 28, 1]))  // [1, 13, 12, 8]
/// ```
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
///
/// ```swift
/// let window = Window(3, strides: 2, padding: .same, over: [28, 28, 8])
/// print(window?.outputHeight ?? 0, window?.outputWidth ?? 0)  // 14 14
/// let tooLarge = Window(5, strides: 1, padding: .valid, over: [3, 3, 1])  // nil
/// ```
public struct Window: Sendable {
  let kernel: cairn_window

  /// The number of rows of an output image.
  public var outputHeight: Int { Int(kernel.output_height) }

  /// The number of columns of an output image.
  public var outputWidth: Int { Int(kernel.output_width) }

  /// Creates a window; `nil` if it is larger than the image with `valid` padding.
  ///
  /// - Parameters:
  ///   - size: The window size.
  ///   - strides: The strides of the window.
  ///   - dilation: The dilation rate: the spacing between pixels under the window. 1 means no
  ///     dilation.
  ///   - padding: The padding mode.
  ///   - groups: The number of groups; the window covers the channels of one group.
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
      case .causal:
        return ((extent + stride - 1) / stride, window - 1)
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

  /// Creates the window of a transposed convolution, which slides over its output; `nil` if the
  /// output has no pixels, or the padding is `causal`.
  ///
  /// - Parameters:
  ///   - size: The window size.
  ///   - strides: The strides: the spacing in the output between neighbouring input pixels.
  ///   - dilation: The dilation rate: the spacing between pixels under the window. 1 means no
  ///     dilation.
  ///   - padding: The padding mode; with `same`, the output has input · stride rows.
  ///   - outputPadding: The additional rows and columns of the output; `nil` uses Keras's default
  ///     output size.
  ///   - input: The shape of an image of the input, `[height, width, channels]`.
  ///   - filters: The number of channels of the output.
  public init?(
    transposed size: Size2D, strides: Size2D, dilation: Size2D = 1, padding: Padding,
    outputPadding: (height: Int, width: Int)? = nil, over input: Shape, filters: Int
  ) {
    require(
      input.count == 3, "An image must have the shape [height, width, channels], but has \(input).")
    guard padding != .causal else { return nil }
    func place(_ extent: Int, _ size: Int, _ stride: Int, _ dilation: Int, _ more: Int?)
      -> (output: Int, before: Int)
    {
      let (window, moved) = ((size - 1) * dilation + 1, (extent - 1) * stride)
      switch padding {
      case .valid:
        return (moved + window + (more ?? max(stride - window, 0)), 0)
      case .same, .causal:
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

  init(_ kernel: cairn_window) { self.kernel = kernel }

  /// The window that slides over the output, of `filters` channels, and gives the input: that of
  /// the gradient with respect to the input; `nil` if the strides are not 1.
  func turned(filters: Int) -> Window? {
    guard kernel.stride_height == 1, kernel.stride_width == 1 else { return nil }
    var turned = kernel
    (turned.height, turned.width) = (kernel.output_height, kernel.output_width)
    (turned.output_height, turned.output_width) = (kernel.height, kernel.width)
    turned.padding_top = (kernel.window_height - 1) * kernel.dilation_height - kernel.padding_top
    turned.padding_left = (kernel.window_width - 1) * kernel.dilation_width - kernel.padding_left
    turned.channels = Int64(filters)
    turned.window_channels = Int64(filters / groups)
    return turned.padding_top < 0 || turned.padding_left < 0 ? nil : Window(turned)
  }

  /// The number of rows of an image that the window slides over.
  public var inputHeight: Int { Int(kernel.height) }

  /// The number of columns of an image that the window slides over.
  public var inputWidth: Int { Int(kernel.width) }

  /// The number of elements of a padded image.
  ///
  /// A floating-point number, because products of extents from a file can overflow an integer.
  public var surroundedCount: Double {
    Double(paddedHeight) * Double(paddedWidth) * Double(kernel.channels)
  }

  /// Stops the program if the offsets in a padded image do not fit into 32 bits.
  func checkOffsets(_ file: StaticString, _ line: UInt) {
    let count = surroundedCount
    require(
      count <= Double(Int32.max),
      "A padded image must have at most \(Int32.max) elements, but has "
        + "\(Int(exactly: count).map(String.init) ?? "\(count)").", file: file, line: line)
  }

  /// The number of elements of an image that the window slides over.
  var inputCount: Int { inputHeight * inputWidth * Int(kernel.channels) }

  /// The number of pixels of an output image.
  var outputPixels: Int { outputHeight * outputWidth }

  /// The number of channels under the window.
  var channels: Int { Int(kernel.window_channels) }

  /// The number of groups; 1 without channels.
  ///
  /// The window covers the channels of one group.
  var groups: Int { max(1, Int(kernel.channels / max(kernel.window_channels, 1))) }
}

/// Padded images: surrounded by zeros, so that the window is always inside.
extension Window {
  private var paddedHeight: Int {
    let window = (kernel.window_height - 1) * kernel.dilation_height + 1
    return max(
      Int(kernel.padding_top + kernel.height),
      (outputHeight - 1) * Int(kernel.stride_height) + Int(window))
  }

  private var paddedWidth: Int {
    let window = (kernel.window_width - 1) * kernel.dilation_width + 1
    return max(
      Int(kernel.padding_left + kernel.width),
      (outputWidth - 1) * Int(kernel.stride_width) + Int(window))
  }

  /// Whether the window needs padding.
  var isPadded: Bool { paddedHeight > Int(kernel.height) || paddedWidth > Int(kernel.width) }

  /// The number of elements of a padded image.
  var paddedCount: Int { paddedHeight * paddedWidth * Int(kernel.channels) }

  /// Sets everything around the image in a padded one to 0.
  func clearBorder(of padded: UnsafeMutablePointer<Float>) {
    let (row, top) = (paddedWidth * Int(kernel.channels), Int(kernel.padding_top))
    let left = Int(kernel.padding_left * kernel.channels)
    let right = left + Int(kernel.width * kernel.channels)
    unsafe padded.initialize(repeating: 0, count: top * row)
    for y in top..<top + inputHeight {
      let first = unsafe padded + y * row
      unsafe first.initialize(repeating: 0, count: left)
      unsafe (first + right).initialize(repeating: 0, count: row - right)
    }
    let end = (top + inputHeight) * row
    unsafe (padded + end).initialize(repeating: 0, count: paddedCount - end)
  }

  /// Copies an image into a padded one.
  func copy(_ image: UnsafePointer<Float>, into padded: UnsafeMutablePointer<Float>) {
    let rowCount = Int(kernel.width * kernel.channels)
    let (image, padded) = unsafe (Shared(image), Shared(padded))
    parallel(over: 0..<inputHeight, grain: max(1, elementwiseGrain / max(rowCount, 1))) {
      for row in $0..<$0 + $1 {
        let place = (row + Int(kernel.padding_top)) * paddedWidth + Int(kernel.padding_left)
        unsafe (padded + place * Int(kernel.channels))
          .update(from: image + row * rowCount, count: rowCount)
      }
    }
  }

  /// The offset of the window in a padded image for each output pixel.
  var pixelOffsets: [Int32] {
    offsets(
      height: outputHeight, rowStep: Int(kernel.stride_height), width: outputWidth,
      columnStep: Int(kernel.stride_width), channels: 1)
  }

  /// The offset of each window element (tap) from the start of the window.
  var tapOffsets: [Int32] {
    offsets(
      height: Int(kernel.window_height), rowStep: Int(kernel.dilation_height),
      width: Int(kernel.window_width), columnStep: Int(kernel.dilation_width), channels: channels)
  }

  private func offsets(
    height: Int, rowStep: Int, width: Int, columnStep: Int, channels: Int
  ) -> [Int32] {
    unsafe [Int32](unsafeUninitializedCapacity: height * width * channels) { offsets, count in
      for row in 0..<height {
        for column in 0..<width {
          for channel in 0..<channels {
            let pixel = row * rowStep * paddedWidth + column * columnStep
            unsafe offsets[count] = Int32(pixel * Int(kernel.channels) + channel)
            count += 1
          }
        }
      }
    }
  }
}
