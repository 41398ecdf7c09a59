import CKernels
import Threads

/// Parts of one image, for the threads that are free: all of them if the batch is a single image,
/// none if each thread has an image of its own. No bit depends on the parts.
extension Window {
  /// Calls `body` for bands of whole rows of an output image.
  ///
  /// - Parameters:
  ///   - work: The number of multiplications or comparisons for each pixel of the output.
  ///   - body: Computes a band: receives the window over the band, and the number of output pixels
  ///     before it.
  func forEachBand(
    work: Int, _ body: @escaping @Sendable (_ window: cairn_window, _ before: Int) -> Void
  ) {
    let grain = max(1, workOfPart / max(work * outputWidth, 1))
    guard grain < outputHeight else { return body(kernel, 0) }
    parallel(over: 0..<outputHeight, grain: grain) { first, count in
      body(band(first..<first + count), first * outputWidth)
    }
  }

  /// The window over the same image that computes only some rows of the output.
  func band(_ rows: Range<Int>) -> cairn_window {
    var band = kernel
    band.output_height = Int64(rows.count)
    band.padding_top -= Int64(rows.lowerBound) * kernel.stride_height
    return band
  }
}

/// Calls `body` for ranges of the pixels of an image; see ``Window/forEachBand(work:_:)``.
///
/// - Parameters:
///   - pixels: The number of pixels.
///   - channels: The number of elements of each pixel.
///   - body: Computes a range.
func forEachPart(
  ofPixels pixels: Int, channels: Int,
  _ body: @escaping @Sendable (_ start: Int, _ count: Int) -> Void
) {
  let grain = max(1, workOfPart / max(channels, 1))
  guard grain < pixels else { return body(0, pixels) }
  parallel(over: 0..<pixels, grain: grain, body)
}

/// The minimum work of a part: a few microseconds.
private let workOfPart = 1 << 15
