import CKernels
import Preconditions
import Threads

/// The gradient of a convolution's features, and what followed the convolution: the gradient before
/// ReLU and pooling is computed image by image, and never written to memory as a whole.
struct FeatureGradient: Sendable {
  /// What was applied to the features.
  enum Following: Sendable {
    case plain

    /// ReLU, with its result.
    case rectified(Tensor)

    /// ReLU and max pooling.
    case pooled(PooledChoices)
  }

  /// The gradient of the result.
  let dy: Tensor
  let following: Following

  init(_ dy: Tensor, _ following: Following) { (self.dy, self.following) = (dy, following) }

  /// The number of images.
  var batch: Int { dy.shape[0] }

  /// Whether the gradient of the features is that of the result.
  var isPlain: Bool {
    if case .plain = following { return true }
    return false
  }

  /// Whether a chunk of work can be a range of pixels instead of whole images.
  var mayBeBands: Bool {
    if case .pooled = following { return false }
    return !isRecomputed
  }

  /// Whether each image of the gradient is computed when it is needed.
  var isRecomputed: Bool { isPlain && dy.storage.images?.isCheap == true }

  /// The product that the gradient is, if it has not been computed and a chunk is a band.
  ///
  /// The rows of the product must be images: those of a layer after `Flatten` are, those of a dense
  /// layer for each pixel are not.
  func product(inBands isBands: Bool) -> DeferredProduct? {
    guard isBands && mayBeBands, let product = dy.storage.deferred, product.rows == batch,
      product.columns == dy.count / max(batch, 1)
    else { return nil }
    return product.isComputed ? nil : product
  }
}

/// One thread's access to the gradients of the features of a chunk.
///
/// If chunks are bands of pixels and the gradient is a deferred product, each band computes only
/// its own part of the product.
@safe struct FeatureGradientReader {
  private let following: FeatureGradient.Following
  private let chunk: ConvolutionChunk
  private let channels, featureCount: Int
  private let product: DeferredProduct?

  /// The known gradient, or that of the pooled features.
  private let known: UnsafePointer<Float>?
  private let features: UnsafePointer<Float>?

  /// The sums of the gradient's columns, which are added to.
  private let biasSums: UnsafeMutablePointer<Float>?

  /// Memory for the gradients of a group of images.
  private let own: Storage?

  /// Computes the gradient of an image, if it is not known.
  private let image: ((_ index: Int) -> UnsafePointer<Float>)?

  /// - Parameters:
  ///   - gradient: The gradients of all images; outlives the reader, as `source` does.
  ///   - source: Their addresses.
  ///   - chunk: The images and the pixels.
  ///   - convolution: The convolution.
  ///   - biasSums: The sums that the gradient is added to, channel by channel; `nil` for none.
  init(
    _ gradient: FeatureGradient, _ source: FeatureGradientSource, _ chunk: ConvolutionChunk,
    of convolution: ImageConvolution, biasSums: UnsafeMutablePointer<Float>?
  ) {
    following = gradient.following
    self.chunk = chunk
    (channels, featureCount) = (convolution.channels, convolution.featureCount)
    product = source.product
    unsafe known = unsafe source.known?.value
    unsafe features = unsafe source.features?.value
    unsafe self.biasSums = unsafe biasSums
    let isDirect = source.product == nil && gradient.isPlain
    let places = source.product == nil ? 1 : Self.groupSize(chunk.images.count)
    unsafe image = unsafe source.images?.reader()
    own = isDirect ? nil : Storage(uninitialized: places * chunk.pixels.count * channels)
  }

  /// The groups of images whose gradients are computed at once.
  func forEachGroup(_ body: (Range<Int>) -> Void) {
    var start = chunk.images.lowerBound
    while start < chunk.images.upperBound {
      let group = start..<start + Self.groupSize(chunk.images.upperBound - start)
      if let product, let own {
        unsafe product.compute(
          rows: group, columns: offset..<offset + count, into: own.pointer)
      }
      body(group)
      start = group.upperBound
    }
  }

  /// The gradient of an image's features in the band.
  ///
  /// - Parameters:
  ///   - index: The index of the image.
  ///   - group: Its group.
  /// - Returns: The address of `[pixels, channels]`, until the next call.
  func gradient(_ index: Int, in group: Range<Int>) -> UnsafePointer<Float> {
    if let image = unsafe image { return unsafe image(index) }
    let place = product == nil ? 0 : (index - group.lowerBound) * count
    let at = index * featureCount + offset
    let own = unsafe own.map { unsafe $0.pointer + place }
    if case .pooled(let choices) = following, let own = unsafe own, let known = unsafe known {
      unsafe choices.spread(known, index, into: own, sums: biasSums)
      return unsafe UnsafePointer(own)
    }
    let dy = unsafe product == nil ? known.map { unsafe $0 + at } : UnsafePointer(own)
    guard let dy = unsafe dy else {
      fail("Internal error: a gradient is neither known nor computed.")
    }
    guard let features = unsafe features, let own = unsafe own else { return unsafe dy }
    if let biasSums = unsafe biasSums {
      unsafe kernels.relu_gradient_sums(
        Int64(chunk.pixels.count), Int64(channels), features + at, dy, own, biasSums)
    } else {
      unsafe kernels.relu_gradient(Int64(count), features + at, dy, own)
    }
    return unsafe UnsafePointer(own)
  }

  /// Lets a product prefetch the gradients of one of the next images.
  func prefetch(after index: Int, in product: inout cairn_product) {
    if case .pooled = following { return }
    guard unsafe image == nil else { return }
    let next = index + max(1, 4096 / max(count, 1))
    guard next < chunk.images.upperBound else { return }
    let at = next * featureCount + offset
    unsafe product.prefetch.0 = unsafe (features ?? known).map { unsafe $0 + at }
    unsafe product.prefetch.1 = unsafe features == nil ? nil : known.map { unsafe $0 + at }
    unsafe product.prefetch_count = unsafe (features == nil ? 0 : 1) + (known == nil ? 0 : 1)
    unsafe product.prefetch_length = Int64(count)
  }

  /// The first element of the band in the features of an image, and the number of elements.
  private var offset: Int { chunk.pixels.lowerBound * channels }
  private var count: Int { chunk.pixels.count * channels }

  /// The number of remaining images whose feature gradients are computed at once: three vectors,
  /// with the last two groups about equal, and never more than in the first group.
  private static func groupSize(_ left: Int) -> Int {
    left >= 96 ? 48 : left > 48 ? (left + 31) / 32 * 16 : left
  }
}

/// The addresses of the gradients of all images.
///
/// Raw addresses avoid contention between threads on the reference counts of tensors.
@safe struct FeatureGradientSource: Sendable {
  /// The product that the gradient is, if each band computes its part.
  let product: DeferredProduct?

  /// The known gradient.
  let known: Shared<UnsafePointer<Float>>?

  /// The features after ReLU.
  let features: Shared<UnsafePointer<Float>>?

  /// The gradient, if each image is computed when it is needed.
  let images: ImageSource?

  init(_ gradient: FeatureGradient, inBands isBands: Bool) {
    product = gradient.product(inBands: isBands)
    images = gradient.isRecomputed ? ImageSource(gradient.dy) : nil
    unsafe known =
      unsafe product == nil && images == nil
      ? Shared(UnsafePointer(gradient.dy.storage.pointer)) : nil
    guard case .rectified(let y) = gradient.following else {
      unsafe features = nil
      return
    }
    unsafe features = unsafe Shared(UnsafePointer(y.storage.pointer))
  }
}
