import CKernels
import Preconditions
import Threads

extension Tensor {
  /// Applies dropout: sets random elements to 0 and scales the others by 1 / (1 − rate).
  ///
  /// - Parameters:
  ///   - rate: The drop probability of an element, in `0..<1`.
  ///   - stream: The random stream; provides one number for each element, in order.
  /// - Returns: A tensor of the same shape.
  /// - Precondition: `rate` is in `0..<1`.
  public func dropout(rate: Float, stream: RandomStream) -> Tensor {
    self * Tensor(dropoutMask: shape, rate: rate, stream: stream)
  }

  /// Applies spatial dropout: sets random channels of images to 0 and scales the others by 1 / (1 −
  /// rate).
  ///
  /// - Parameters:
  ///   - rate: The drop probability of a channel of an image, in `0..<1`.
  ///   - stream: The random stream; provides one number for each channel of each image, in order.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: For images of shape `[batch, height, width, channels]`, a tensor of the same shape.
  /// - Precondition: `rate` is in `0..<1`.
  public func spatialDropout(
    rate: Float, stream: RandomStream, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    require(
      rank == 4,
      "Images must have the shape [batch, height, width, channels], but the shape is \(shape).",
      file: file, line: line)
    let mask = Tensor(dropoutMask: [shape[0], shape[3]], rate: rate, stream: stream)
    return multipliedByChannel(mask).computed(from: (self, { $0.multipliedByChannel(mask) }))
  }

  /// Creates a dropout mask: factors of 0 or 1 / (1 − rate).
  private init(dropoutMask shape: Shape, rate: Float, stream: RandomStream) {
    require(rate >= 0 && rate < 1, "`rate` must be at least 0 and less than 1, but is \(rate).")
    let scale = 1 / (1 - rate)
    self.init(inParallel: shape) { out in
      parallel(over: 0..<shape.elementCount, grain: elementwiseGrain) { start, count in
        let mask = unsafe out + start
        unsafe stream.fillWithUniforms(mask, from: start, count: count)
        for index in 0..<count { unsafe mask[index] = unsafe mask[index] < rate ? 0 : scale }
      }
    }
  }

  /// Multiplies each channel of each image by its factor, given as `[batch, channels]`.
  private func multipliedByChannel(_ factors: Tensor) -> Tensor {
    let (pixels, channels) = (shape[1] * shape[2], shape[3])
    return Tensor(inParallel: shape) { out in
      parallel(chunks: shape[0]) { index in
        let first = index * pixels * channels
        unsafe kernels.multiply(
          Int64(pixels), Int64(channels), storage.pointer + first,
          factors.storage.pointer + index * channels, out + first)
      }
    }
  }
}
