import CKernels
import Threads

/// The number of images per chunk.
///
/// Large enough for a thread, and small enough that a batch occupies several threads. The number is
/// fixed, because it determines the partial sums of a kernel's gradient, and so their bits.
let imagesPerChunk = 4

/// A unit of work: a range of images and a range of their output pixels.
struct ConvolutionChunk: Sendable {
  var images: Range<Int>
  var pixels: Range<Int>

  /// Divides the work into bands of pixels of all images if there are enough pixels, otherwise into
  /// groups of images.
  ///
  /// A band has about 32 pixels. The number of bands divides evenly among several threads.
  static func all(batch: Int, pixels: Int, mayBeBands: Bool) -> [ConvolutionChunk] {
    func parts(_ count: Int, _ size: Int) -> [Range<Int>] {
      stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
    }
    guard mayBeBands, pixels >= 256 else {
      return parts(batch, imagesPerChunk).map { ConvolutionChunk(images: $0, pixels: 0..<pixels) }
    }
    let bands = min((pixels / 32 + 3) / 4 * 4, 64)
    return parts(pixels, (pixels + bands - 1) / bands).map {
      ConvolutionChunk(images: 0..<batch, pixels: $0)
    }
  }
}

/// The gradients of a convolution with respect to images, kernel and bias, as far as they are
/// wanted.
///
/// One pass computes all of them, so that the gradient of the features is read once. Each chunk has
/// its own partial sums for kernel and bias, which are added in order.
///
/// The gradient with respect to the images excludes bands, because neighbouring bands add to the
/// same pixels.
struct ConvolutionGradients: Sendable {
  private let convolution: ImageConvolution
  private let ofImages: Bool
  private let ofKernelOn: Tensor?
  private let ofBias: Bool

  /// - Parameters:
  ///   - convolution: The convolution.
  ///   - ofImages: Whether to compute the gradient with respect to the images.
  ///   - images: The images if the gradient with respect to the kernel is wanted; otherwise `nil`.
  ///   - ofBias: Whether to compute the gradient with respect to the bias.
  init(
    _ convolution: ImageConvolution, ofImages: Bool = false, ofKernelOn images: Tensor? = nil,
    ofBias: Bool = false
  ) {
    self.convolution = convolution
    (self.ofImages, ofKernelOn, self.ofBias) = (ofImages, images, ofBias)
  }

  /// Computes the gradients.
  ///
  /// - Parameter gradient: The gradient of the features.
  /// - Returns: The wanted gradients: with respect to images, kernel and bias.
  func callAsFunction(_ gradient: FeatureGradient) -> [Tensor] {
    let chunks = ConvolutionChunk.all(
      batch: gradient.batch, pixels: convolution.pixels.count,
      mayBeBands: !ofImages && gradient.mayBeBands)
    let isBands = chunks.first?.images == 0..<gradient.batch
    let source = FeatureGradientSource(gradient, inBands: isBands)

    let images = ofImages ? ImageGradient(convolution, batch: gradient.batch) : nil
    let kernel = ofKernelOn.map { KernelGradient(convolution, on: $0, chunks) }
    // Without ReLU, the gradient of the bias is the sum of the known gradient.
    let bias =
      ofBias && !gradient.isPlain ? PartialSums([convolution.channels], chunks.count) : nil
    parallel(chunks: chunks.count) { number in
      let chunk = chunks[number]
      bias?.clear(number)
      let reader = unsafe FeatureGradientReader(
        gradient, source, chunk, of: convolution, biasSums: bias?.address(number))
      let setImage = unsafe images?.worker()
      let addToKernel = unsafe kernel?.worker(chunk, number)
      reader.forEachGroup { group in
        for index in group {
          let dz = unsafe reader.gradient(index, in: group)
          unsafe addToKernel?(index, dz) { unsafe reader.prefetch(after: index, in: &$0) }
          unsafe setImage?(index, dz)
        }
      }
      withExtendedLifetime(reader) {}
    }
    withExtendedLifetime(gradient) {}
    let plainBias =
      ofBias && gradient.isPlain
      ? gradient.dy.reshaped([gradient.dy.count / convolution.channels, convolution.channels])
        .columnSums() : nil
    return [images?.result, kernel?.sums.total, plainBias ?? bias?.total].compactMap { $0 }
  }
}

/// Partial sums, one tensor for each chunk of work.
struct PartialSums: Sendable {
  private let shape: Shape
  private let chunks: Int
  private let sums: Storage

  /// Creates uninitialized sums.
  init(_ shape: Shape, _ chunks: Int) {
    (self.shape, self.chunks) = (shape, chunks)
    sums = Storage(uninitialized: shape.elementCount * chunks)
  }

  /// The address of the sums of a chunk.
  func address(_ chunk: Int) -> UnsafeMutablePointer<Float> {
    unsafe sums.pointer + chunk * shape.elementCount
  }

  /// Sets the sums of a chunk to 0.
  func clear(_ chunk: Int) {
    unsafe address(chunk).initialize(repeating: 0, count: shape.elementCount)
  }

  /// The sum over the chunks, in ascending order from 0.
  var total: Tensor {
    Tensor(inParallel: shape) { out in
      parallel(over: 0..<shape.elementCount, grain: elementwiseGrain / 8) { start, count in
        let part = unsafe out + start
        unsafe part.initialize(repeating: 0, count: count)
        for chunk in 0..<chunks {
          unsafe kernels.add(1, Int64(count), part, address(chunk) + start, part)
        }
      }
    }
  }
}
