import Preconditions
import CKernels

extension Tensor {
  /// Sets elements to 0 at random and scales the others up, so that the expected sum stays.
  ///
  /// - Parameters:
  ///   - rate: The probability that an element is dropped, in `0..<1`.
  ///   - stream: Where the random numbers come from; one for each element, in order.
  /// - Returns: A tensor of the same shape.
  /// - Precondition: `rate` is in `0..<1`.
  public func dropout(rate: Float, stream: RandomStream) -> Tensor {
    self * Tensor(dropoutMask: shape, rate: rate, stream: stream)
  }

  /// Sets whole channels of images to 0 at random and scales the others up.
  ///
  /// - Parameters:
  ///   - rate: The probability that a channel of an image is dropped, in `0..<1`.
  ///   - stream: Where the random numbers come from; one for each channel of each image, in order.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
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

  /// Factors of which some are 0, and the others what makes up for them.
  private init(dropoutMask shape: Shape, rate: Float, stream: RandomStream) {
    require(rate >= 0 && rate < 1, "`rate` must be at least 0 and less than 1, but is \(rate).")
    var stream = stream
    self.init(uninitialized: shape) { out in
      for index in out.indices {
        out[index] = stream.uniform(in: 0..<1) < rate ? 0 : 1 / (1 - rate)
      }
    }
  }

  /// Multiplies each channel of each image by a factor of its own, of `[batch, channels]`.
  private func multipliedByChannel(_ factors: Tensor) -> Tensor {
    let (pixels, channels) = (shape[1] * shape[2], shape[3])
    return Tensor(uninitialized: shape) { out in
      nonisolated(unsafe) let out = out
      parallel(chunks: shape[0]) { index in
        let first = index * pixels * channels
        kernels.multiply(
          Int64(pixels), Int64(channels), storage.pointer + first,
          factors.storage.pointer + index * channels, at(out, first))
      }
    }
  }
}
