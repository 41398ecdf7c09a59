import CKernels
import Threads

/// The direct convolution of one image at a time: `[pixels, taps] · [taps, channels]`.
///
/// The pixels are those of the features, and the taps are the elements of the window. The patch
/// matrix `[pixels, taps]` is not stored: its element is at an offset of the pixel plus an offset of
/// the tap in the image, which is padded with zeros if the window requires it.
struct ImageConvolution: Sendable {
  /// The kernel, `[height, width, input channels / groups, output channels]`.
  let kernel: Tensor
  let window: Window

  /// The numbers of output channels, in total and per group.
  let (channels, channelsOfGroup): (Int, Int)

  /// The offset of the window for each output pixel, and of its elements (taps) within the window.
  let (pixels, taps): (Offsets, Offsets)

  init(_ kernel: Tensor, _ window: Window) {
    self.kernel = kernel.withoutGradient
    self.window = window
    (channels, channelsOfGroup) = (kernel.shape[3], kernel.shape[3] / window.groups)
    (pixels, taps) = (Offsets(window.pixelOffsets), Offsets(window.tapOffsets))
  }

  /// The number of elements of the features of an image.
  var featureCount: Int { pixels.count * channels }

  /// Memory of one thread for a padded image; `nil` if the window needs no padding.
  func paddedImage() -> Storage? {
    window.isPadded ? Storage(zeros: window.paddedCount) : nil
  }

  /// The address of the image that the offsets refer to: padded if the window needs it.
  func source(_ image: UnsafePointer<Float>, _ padded: Storage?) -> UnsafePointer<Float> {
    guard let padded else { return unsafe image }
    unsafe window.copy(image, into: padded.pointer)
    return unsafe UnsafePointer(padded.pointer)
  }

  /// Computes the features of an image.
  ///
  /// - Parameters:
  ///   - features: The destination.
  ///   - image: The image.
  ///   - padded: Memory from ``paddedImage()``.
  ///   - epilogue: What is applied to the features.
  func setFeatures(
    _ features: UnsafeMutablePointer<Float>, of image: UnsafePointer<Float>, _ padded: Storage?,
    _ epilogue: Epilogue = Epilogue()
  ) {
    let source = unsafe source(image, padded)
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
      let padded = paddedImage()
      return { image, _, features in unsafe setFeatures(features, of: image, padded, epilogue) }
    }
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
