import CKernels
import Threads

/// The convolution of one image at a time: `[pixels, taps] · [taps, channels]`.
///
/// The pixels are those of the features, and the taps are the elements of the window. The patch
/// matrix `[pixels, taps]` is not stored: its element is at an offset of the pixel plus an offset
/// of the tap in the image, which is padded with zeros if the window requires it.
///
/// Many windows of 3 × 3 use Winograd's algorithm instead, which needs a half or a quarter of the
/// products; its rounding errors are up to about 2e-6 of the largest feature. The choice depends on
/// the window and the numbers of channels alone.
///
/// An image is computed in blocks of pixels and channels, so that what a block reads and writes
/// stays in a core's cache, and all threads share a single image. Whatever the blocks are, each
/// feature is one chain of multiply-adds over the taps in ascending order; with Winograd's
/// algorithm, each transformed feature is one such chain over the channels.
struct ImageConvolution: Sendable {
  /// The kernel, `[height, width, input channels / groups, output channels]`.
  let kernel: Tensor
  let window: Window

  /// The numbers of output channels, in total and per group.
  let (channels, channelsOfGroup): (Int, Int)

  /// The offset of the window for each output pixel, and of its elements (taps) within the window.
  let (pixels, taps): (Offsets, Offsets)

  /// The side of a tile for Winograd's algorithm, 2 or 4 features, and the transformed kernel,
  /// `[(tile + 2)², output channels / 16, input channels, 16]`; `nil` for the direct product.
  private let winograd: (tile: Int, kernel: Storage)?

  /// - Parameters:
  ///   - kernel: The kernel.
  ///   - window: The window over the images.
  ///   - isKept: Whether the transformed kernel is kept with the kernel for further calls, until
  ///     that changes. In training, it would change after each call.
  init(_ kernel: Tensor, _ window: Window, isKept: Bool = false) {
    self.kernel = kernel.withoutGradient
    self.window = window
    (channels, channelsOfGroup) = (kernel.shape[3], kernel.shape[3] / window.groups)
    (pixels, taps) = (Offsets(window.pixelOffsets), Offsets(window.tapOffsets))
    guard let tile = window.winogradTile(filters: kernel.shape[3]) else {
      winograd = nil
      return
    }
    let storage = kernel.storage.computed
    let (inputs, outputs) = (kernel.shape[2], kernel.shape[3])
    let transformed =
      isKept
      ? storage.transformed(channels: inputs, tile: tile) {
        storage.forWinograd(tile, inputs, outputs)
      }
      : storage.forWinograd(tile, inputs, outputs)
    winograd = (tile, transformed)
  }

  /// The same convolution for only the first rows and columns of the features, with the same bits.
  ///
  /// - Parameter extent: How many, at most those that there are.
  /// - Returns: The convolution.
  func cropped(to extent: Size2D) -> ImageConvolution {
    ImageConvolution(self, window.croppedOutput(to: extent))
  }

  /// A convolution with the same kernel and another size of the output.
  private init(_ other: ImageConvolution, _ window: Window) {
    self.window = window
    (kernel, winograd) = (other.kernel, other.winograd)
    (channels, channelsOfGroup) = (other.channels, other.channelsOfGroup)
    (pixels, taps) = (Offsets(window.pixelOffsets), Offsets(window.tapOffsets))
  }

  /// The number of elements of the features of an image.
  var featureCount: Int { pixels.count * channels }

  /// Whether Winograd's algorithm computes the gradient of the kernel, too: if the sums of its 16
  /// products for each pair of channels stay in a core's cache.
  var allowsWinogradGradient: Bool {
    winograd != nil && window.channels * channels <= 1 << 14
  }

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
  func workspace() -> Storage? { winograd == nil ? paddedImage() : nil }

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
    let out = unsafe Shared(features)
    if let winograd {
      let (tile, image) = unsafe (winograd.tile, Shared(image))
      let blocks = Blocks(
        rows: (window.outputHeight + tile - 1) / tile,
        pixelsOfRow: (window.outputWidth + tile - 1) / tile,
        pixels: Int(cairn_winograd_tiles(Int64(tile))), columns: channels, width: 16,
        work: (tile + 2) * (tile + 2) * window.channels)
      return blocks.forEach { rows, columns in
        unsafe setFeatures(
          rows: tile * rows.lowerBound..<min(tile * rows.upperBound, window.outputHeight), columns,
          out.value, of: image.value, winograd, epilogue)
      }
    }
    let source = unsafe Shared(source(image, workspace))
    for group in 0..<window.groups {
      let blocks = Blocks(
        rows: pixels.count, pixelsOfRow: 1, pixels: 256, columns: channelsOfGroup, width: 48,
        work: taps.count)
      blocks.forEach { rows, columns in
        let first = group * channelsOfGroup + columns.lowerBound
        var product = unsafe cairn_product(
          m: rows.count, n: columns.count, k: taps.count,
          a: cairn_matrix(
            data: source + group * window.channels, row_stride: 0, column_stride: 0,
            row_offsets: pixels.pointer + rows.lowerBound, column_offsets: taps.pointer),
          b: kernel.storage.pointer + first, b_row_stride: channels,
          c: out + rows.lowerBound * channels + first, c_row_stride: channels, c_column_stride: 1)
        unsafe epilogue.add(to: &product, column: first)
        unsafe kernels.matmul(&product)
      }
    }
  }

  /// Computes some rows, from the first one of a tile on, and some channels of the features of an
  /// image by Winograd's algorithm.
  private func setFeatures(
    rows: Range<Int>, _ columns: Range<Int>, _ features: UnsafeMutablePointer<Float>,
    of image: UnsafePointer<Float>, _ winograd: (tile: Int, kernel: Storage), _ epilogue: Epilogue
  ) {
    let tile = Int64(winograd.tile)
    let scratch = Storage(
      uninitialized: Int(cairn_winograd_scratch(tile, Int64(window.channels))))
    unsafe kernels.winograd(
      window.band(rows), tile, Int64(channels), Int64(columns.lowerBound), Int64(columns.count),
      image, winograd.kernel.pointer, epilogue.biasAddress, epilogue.hasReLU ? 1 : 0,
      scratch.pointer, features + rows.lowerBound * window.outputWidth * channels)
  }

  /// The features of images, computed when they are needed.
  func features(_ epilogue: Epilogue) -> DeferredImages.Operation {
    var operation = unsafe DeferredImages.Operation(count: featureCount) {
      let workspace = workspace()
      return { image, _, features in
        unsafe setFeatures(features, of: image, workspace, epilogue)
      }
    }
    operation.croppedOutput = (
      [window.outputHeight, window.outputWidth, channels],
      { cropped(to: $0).features(epilogue) }
    )
    return operation
  }
}

extension Window {
  /// The number of tiles of `size` × `size` features, with those that the edges cut.
  func tileCount(size: Int) -> Int {
    (outputHeight + size - 1) / size * ((outputWidth + size - 1) / size)
  }

  /// The side of a tile with which Winograd's algorithm computes the features: 2, 4, or `nil` for
  /// the direct product.
  ///
  /// The algorithm needs whole vectors of channels. Its kernel is larger than the direct one: if it
  /// exceeds a core's cache, there must be enough tiles for each number that is read. Tiles of
  /// 4 × 4 need 36 products instead of the 64 of four tiles of 2 × 2, but their rounding errors are
  /// four times as large and grow with the channels: up to 1.5e-6 of the largest feature with 64,
  /// up to 2.6e-6 with 128.
  fileprivate func winogradTile(filters: Int) -> Int? {
    let w = kernel
    guard w.window_height == 3, w.window_width == 3, w.stride_height == 1, w.stride_width == 1,
      w.dilation_height == 1, w.dilation_width == 1, groups == 1, channels > 0,
      channels % 16 == 0, filters > 0, filters % 16 == 0, outputHeight >= 4, outputWidth >= 4
    else { return nil }
    let (small, large) = (tileCount(size: 2), tileCount(size: 4))
    if channels <= 64, large >= (channels * filters <= 1 << 12 ? 4 : 16), 3 * large <= small {
      return 4
    }
    return channels * filters <= 1 << 14 || small >= 36 ? 2 : nil
  }
}

extension Storage {
  /// A kernel `[3, 3, inputs, outputs]`, transformed for Winograd's algorithm.
  fileprivate func forWinograd(_ tile: Int, _ inputs: Int, _ outputs: Int) -> Storage {
    let result = Storage(uninitialized: (tile + 2) * (tile + 2) * inputs * outputs)
    parallel(over: 0..<inputs, grain: max(1, elementwiseGrain / max(outputs, 1))) { first, count in
      unsafe kernels.winograd_kernel(
        Int64(tile), Int64(inputs), Int64(outputs), self.pointer, Int64(first), Int64(count),
        result.pointer)
    }
    return result
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
