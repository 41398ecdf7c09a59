import CKernels
import Threads

/// Which pixel of each window a max pooling of ReLU has chosen, one byte for each element of the
/// result: all that its gradient needs.
struct PooledChoices: Sendable {
  private let window: Window
  private let bytes: Storage
  private let channels: Int

  /// Whether the windows allow it: they must not overlap, and have fewer than 255 pixels.
  static func allows(_ window: Window) -> Bool {
    let w = window.kernel
    return w.stride_height >= w.window_height && w.stride_width >= w.window_width
      && w.window_height * w.window_width < 255
  }

  /// - Parameters:
  ///   - batch: The number of images.
  ///   - window: The window over the features.
  init(_ batch: Int, _ window: Window) {
    self.window = window
    channels = Int(window.kernel.channels)
    // A float has four bytes.
    bytes = Storage(uninitialized: (batch * window.outputPixels * channels + 3) / 4)
  }

  /// The number of elements of a pooled image.
  private var count: Int { window.outputPixels * channels }

  private func address(_ index: Int) -> UnsafeMutablePointer<UInt8> {
    unsafe UnsafeMutableRawPointer(bytes.pointer).assumingMemoryBound(to: UInt8.self)
      + index * count
  }

  /// Pools the features of the image with an index, and notes the choices.
  func pool(
    _ features: UnsafePointer<Float>, _ index: Int, into out: UnsafeMutablePointer<Float>
  ) {
    unsafe kernels.max_pool_rectified(window.kernel, features, out + index * count, address(index))
  }

  /// Computes the gradient of the features of the image with an index.
  ///
  /// - Parameters:
  ///   - dy: The gradients of all pooled images.
  ///   - index: The index.
  ///   - gradient: The destination.
  ///   - sums: What the gradient is added to, channel by channel; `nil` for none.
  func spread(
    _ dy: UnsafePointer<Float>, _ index: Int, into gradient: UnsafeMutablePointer<Float>,
    sums: UnsafeMutablePointer<Float>?
  ) {
    unsafe kernels.max_pool_rectified_gradient(
      window.kernel, address(index), dy + index * count, gradient, sums)
  }
}

extension ImageConvolution {
  /// Convolves images with an epilogue that has ReLU, and applies max pooling to the features,
  /// which are never written to memory as a whole.
  func pooled(
    _ images: Tensor, _ epilogue: Epilogue, _ pooling: Window
  ) -> (Tensor, PooledChoices) {
    let batch = images.shape[0]
    let choices = PooledChoices(batch, pooling)
    let source = ImageSource(images)
    let output: Shape = [batch, pooling.outputHeight, pooling.outputWidth, channels]
    let pooled = Tensor(inParallel: output) { out in
      parallel(over: 0..<batch, grain: imagesPerChunk) { start, count in
        let workspace = workspace()
        let image = unsafe source.reader()
        let features = Storage(uninitialized: featureCount)
        for index in start..<start + count {
          unsafe setFeatures(features.pointer, of: image(index), workspace, epilogue)
          unsafe choices.pool(features.pointer, index, into: out.value)
        }
        unsafe withExtendedLifetime((workspace, image, features)) {}
      }
    }
    return (pooled, choices)
  }
}
