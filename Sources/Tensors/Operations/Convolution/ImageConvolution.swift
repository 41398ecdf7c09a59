import CKernels
import Threads

/// The convolution of one image at a time: `[pixels, taps] · [taps, channels]`.
///
/// The pixels are those of the features, and the taps are the elements of the window. The patch
/// matrix `[pixels, taps]` is not stored: its element is at an offset of the pixel plus an offset
/// of the tap in the image, which is padded with zeros if the window requires it.
///
/// Many windows of 3 × 3 use Winograd's algorithm instead, which needs about half as many products;
/// its rounding errors are up to about 1e-6 of the largest feature. The choice depends on the
/// window and the numbers of channels alone.
struct ImageConvolution: Sendable {
  /// The kernel, `[height, width, input channels / groups, output channels]`.
  let kernel: Tensor
  let window: Window

  /// The numbers of output channels, in total and per group.
  let (channels, channelsOfGroup): (Int, Int)

  /// The offset of the window for each output pixel, and of its elements (taps) within the window.
  let (pixels, taps): (Offsets, Offsets)

  /// The kernel for Winograd's algorithm, `[16, input channels, output channels]`; `nil` for the
  /// direct product.
  private let transformed: Storage?

  init(_ kernel: Tensor, _ window: Window) {
    self.kernel = kernel.withoutGradient
    self.window = window
    (channels, channelsOfGroup) = (kernel.shape[3], kernel.shape[3] / window.groups)
    (pixels, taps) = (Offsets(window.pixelOffsets), Offsets(window.tapOffsets))
    let count = kernel.shape[2] * kernel.shape[3]
    transformed =
      window.allowsWinograd(filters: kernel.shape[3]) ? Storage(uninitialized: 16 * count) : nil
    if let transformed {
      unsafe kernels.winograd_kernel(Int64(count), kernel.storage.pointer, transformed.pointer)
    }
  }

  /// The number of elements of the features of an image.
  var featureCount: Int { pixels.count * channels }

  /// Memory of one thread for a padded image; `nil` if the window needs no padding.
  func paddedImage() -> Storage? {
    guard window.isPadded else { return nil }
    let padded = Storage(uninitialized: window.paddedCount)
    unsafe window.clearBorder(of: padded.pointer)
    return padded
  }

  /// The address of the image that the offsets refer to: padded if the window needs it.
  func source(_ image: UnsafePointer<Float>, _ padded: Storage?) -> UnsafePointer<Float> {
    guard let padded else { return unsafe image }
    unsafe window.copy(image, into: padded.pointer)
    return unsafe UnsafePointer(padded.pointer)
  }

  /// Memory of one thread to compute features; `nil` if they need none.
  func workspace() -> Storage? {
    guard transformed != nil else { return paddedImage() }
    return Storage(
      uninitialized: Int(cairn_winograd_tiles) * 16 * (window.channels + channels))
  }

  /// Computes the features of an image.
  ///
  /// - Parameters:
  ///   - features: The destination.
  ///   - image: The image.
  ///   - workspace: Memory from ``workspace()``.
  ///   - epilogue: What is applied to the features.
  func setFeatures(
    _ features: UnsafeMutablePointer<Float>, of image: UnsafePointer<Float>,
    _ workspace: Storage?, _ epilogue: Epilogue = Epilogue()
  ) {
    if let transformed, let workspace {
      unsafe kernels.winograd(
        window.kernel, Int64(channels), image, transformed.pointer, epilogue.biasAddress,
        epilogue.hasReLU ? 1 : 0, workspace.pointer, features)
      return
    }
    let source = unsafe source(image, workspace)
    for group in 0..<window.groups {
      let first = group * channelsOfGroup
      var product = unsafe cairn_product(
        m: pixels.count, n: channelsOfGroup, k: taps.count,
        a: cairn_matrix(
          data: source + group * window.channels, row_stride: 0, column_stride: 0,
          row_offsets: pixels.pointer, column_offsets: taps.pointer),
        b: kernel.storage.pointer + first, b_row_stride: channels, c: features + first,
        c_row_stride: channels, c_column_stride: 1)
      unsafe epilogue.add(to: &product, column: first)
      unsafe kernels.matmul(&product)
    }
  }

  /// The features of images, computed when they are needed.
  func features(_ epilogue: Epilogue) -> DeferredImages.Operation {
    unsafe DeferredImages.Operation(count: featureCount) {
      let workspace = workspace()
      return { image, _, features in
        unsafe setFeatures(features, of: image, workspace, epilogue)
      }
    }
  }
}

extension Window {
  /// Whether Winograd's algorithm computes the features: it needs whole vectors of channels, and
  /// its kernel is larger than the direct one, but must stay in a core's cache.
  fileprivate func allowsWinograd(filters: Int) -> Bool {
    let w = kernel
    return w.window_height == 3 && w.window_width == 3 && w.stride_height == 1
      && w.stride_width == 1 && w.dilation_height == 1 && w.dilation_width == 1 && groups == 1
      && channels > 0 && channels % 16 == 0 && filters > 0 && filters % 16 == 0
      && channels * filters <= 1 << 14 && outputHeight >= 4 && outputWidth >= 4
  }
}

/// Offsets in an image, at an address that does not change.
///
/// `@unchecked Sendable` is sound because the offsets are never written after the initialization.
@safe final class Offsets: @unchecked Sendable {
  let count: Int
  let pointer: UnsafePointer<Int32>

  init(_ offsets: [Int32]) {
    count = offsets.count
    let memory = UnsafeMutablePointer<Int32>.allocate(capacity: max(count, 1))
    for (index, offset) in offsets.enumerated() { unsafe memory[index] = offset }
    unsafe pointer = unsafe UnsafePointer(memory)
  }

  deinit { unsafe pointer.deallocate() }
}
