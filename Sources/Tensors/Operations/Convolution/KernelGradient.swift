import CKernels
import Threads

/// The gradient of a convolution with respect to its kernel: the sum over all images of the
/// transposed patch matrix times the gradient of the features,
/// `[taps, pixels] · [pixels, channels]`.
///
/// Chunks of whole images use Winograd's algorithm if ``ImageConvolution/allowsWinogradGradient``:
/// 16 products for a tile instead of 36.
struct KernelGradient: Sendable {
  /// The sums of each chunk of work.
  let sums: PartialSums

  private let convolution: ImageConvolution
  private let images: ImageSource

  /// - Parameters:
  ///   - convolution: The convolution.
  ///   - images: The images.
  ///   - chunks: The chunks of work.
  init(_ convolution: ImageConvolution, on images: Tensor, _ chunks: [ConvolutionChunk]) {
    // Each band needs all images.
    if chunks.count > 1, chunks[0].images == chunks[1].images { images.materialize() }
    (self.convolution, self.images) = (convolution, ImageSource(images))
    sums = PartialSums(convolution.kernel.shape, chunks.count)
  }

  /// Adds the gradient of an image, from that of its features in the chunk; the last argument may
  /// let the product prefetch.
  typealias Worker = (
    _ index: Int, _ dz: UnsafePointer<Float>, _ prepare: (inout cairn_product) -> Void
  ) -> Void

  /// The work of one thread on a chunk.
  func worker(_ chunk: ConvolutionChunk, _ number: Int) -> Worker {
    let isWhole = chunk.pixels.count == convolution.pixels.count
    return unsafe isWhole && convolution.allowsWinogradGradient
      ? tileWorker(chunk, number) : pixelWorker(chunk, number)
  }

  private func pixelWorker(_ chunk: ConvolutionChunk, _ number: Int) -> Worker {
    let padded = convolution.paddedImage()
    let sums = unsafe sums.address(number)
    let image = unsafe images.reader()
    let (window, channels) = (convolution.window, convolution.channels)
    return { index, dz, prepare in
      let source = unsafe convolution.source(image(index), padded)
      for group in 0..<window.groups {
        let at = group * convolution.channelsOfGroup
        var product = unsafe cairn_product(
          m: convolution.taps.count, n: convolution.channelsOfGroup, k: chunk.pixels.count,
          a: cairn_matrix(
            data: source + group * window.channels, row_stride: 0, column_stride: 0,
            row_offsets: convolution.taps.pointer,
            column_offsets: convolution.pixels.pointer + chunk.pixels.lowerBound),
          b: dz + at, b_row_stride: channels, c: sums + at, c_row_stride: channels,
          c_column_stride: 1)
        unsafe product.accumulate = index == chunk.images.lowerBound ? 0 : 1
        unsafe prepare(&product)
        unsafe kernels.matmul(&product)
      }
    }
  }

  /// The same by Winograd's algorithm: the tiles of all images of the chunk in groups of about the
  /// same size.
  private func tileWorker(_ chunk: ConvolutionChunk, _ number: Int) -> Worker {
    let (window, filters) = (convolution.window, convolution.channels)
    let (channels, tilesOfImage) = (window.channels, window.tileCount(size: 2))
    let (places, count) = (Int(cairn_winograd_tiles(2)), chunk.images.count * tilesOfImage)
    let groups = (count + places - 1) / places
    let groupSize = (count + groups - 1) / groups
    let scratch = Storage(
      uninitialized: Int(cairn_winograd_gradient_scratch(Int64(channels), Int64(filters))))
    let products = Storage(uninitialized: 16 * channels * filters)
    let sums = unsafe sums.address(number)
    let image = unsafe images.reader()
    var (place, isFirst) = (0, true)
    return { index, dz, _ in
      let source = unsafe image(index)
      let isLastImage = index + 1 == chunk.images.upperBound
      var tile = 0
      while tile < tilesOfImage {
        let taken = min(tilesOfImage - tile, groupSize - place)
        unsafe kernels.winograd_gradient_tiles(
          window.kernel, Int64(filters), Int64(tile), Int64(taken), source, dz, Int64(place),
          scratch.pointer)
        (tile, place) = (tile + taken, place + taken)
        guard place == groupSize || isLastImage && tile == tilesOfImage else { continue }
        unsafe kernels.winograd_multiply(
          Int64(channels), Int64(filters), Int64(place), isFirst ? 0 : 1, scratch.pointer,
          products.pointer)
        (place, isFirst) = (0, false)
      }
      guard isLastImage else { return }
      unsafe kernels.winograd_kernel_gradient(
        Int64(channels), Int64(filters), products.pointer, sums)
    }
  }
}
