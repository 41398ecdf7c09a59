import CKernels
import Preconditions

/// A distortion of one image: an affine transform with random displacements, a degradation, and an
/// erased rectangle.
package struct Distortion: Sendable {
  /// Random displacements of pixels.
  ///
  /// Source: P. Simard, D. Steinkraus, J. Platt: *Best Practices for Convolutional Neural Networks
  /// Applied to Visual Document Analysis*, ICDAR 2003.
  package struct Displacement: Sendable {
    /// The smoothing of the random field.
    package let smoothing: GaussianKernel

    /// The random stream; provides two numbers for each pixel.
    package let stream: RandomStream

    /// Creates displacements.
    package init(_ smoothing: GaussianKernel, stream: RandomStream) {
      (self.smoothing, self.stream) = (smoothing, stream)
    }
  }

  /// A rectangle that is filled with random values in `0..<1`.
  package struct Erasure: Sendable {
    /// The rows and columns of the rectangle.
    package let rows, columns: Range<Int>

    /// The random stream; provides one number for each channel of each pixel.
    package let stream: RandomStream

    /// Creates a rectangle inside an image.
    package init(rows: Range<Int>, columns: Range<Int>, stream: RandomStream) {
      (self.rows, self.columns, self.stream) = (rows, columns, stream)
    }
  }

  /// The affine transform.
  package var transform = AffineTransform.identity

  /// The displacements; `nil` if there are none.
  package var displacement: Displacement?

  /// What happens to the transformed image; `nil` if nothing does.
  package var degradation: Degradation?

  /// The rectangle to erase; `nil` if there is none.
  package var erasure: Erasure?

  /// Creates the distortion that changes nothing.
  package init() {}
}

/// The weights of a Gaussian filter, times a factor.
package struct GaussianKernel: Sendable {
  let radius: Int
  let weights: [Float]

  /// Creates a filter that ends at three standard deviations.
  ///
  /// - Parameters:
  ///   - deviation: The standard deviation in pixels, greater than 0.
  ///   - factor: The factor of one pass over rows and columns.
  package init(deviation: Double, factor: Double) {
    let radius = Int((3 * deviation).rounded(.up))
    let weights = (-radius...radius).map { offset in
      let distance = Double(offset) / deviation
      return Elementary.exp(-distance * distance / 2)
    }
    let scale = factor.squareRoot() / weights.reduce(0, +)
    self.radius = radius
    self.weights = weights.map { Float($0 * scale) }
  }
}

extension GaussianKernel {
  /// The number of elements of scratch memory to filter a field.
  fileprivate func scratchCount(_ rows: Int, _ columns: Int) -> Int {
    (rows + 2 * radius + 1) * ((columns + 15) / 16 * 16) + 2 * radius
  }
}

extension Tensor {
  /// Distorts each image with bilinear interpolation; no gradient passes through.
  ///
  /// Pixels outside an image have, in each channel, the mean value of the image's border.
  ///
  /// - Parameter distortion: Returns the distortion of the image at an index; called from several
  ///   threads.
  /// - Returns: Images of the same shape, `[batch, height, width, channels]`.
  package func distorted(by distortion: @escaping @Sendable (Int) -> Distortion) -> Tensor {
    requireImages(file: #fileID, line: #line)
    let shape = shape
    guard count > 0 else { return withoutGradient }
    return warpedImages { index, image, out in
      let distortion = distortion(index)
      if distortion.transform == .identity, distortion.displacement == nil {
        unsafe out.update(from: image, count: shape.dropFirst().reduce(1, *))
      } else {
        unsafe distortion.warp(image, of: shape, to: out)
      }
      if let degradation = distortion.degradation { unsafe degradation.apply(to: out, of: shape) }
      if let erasure = distortion.erasure { unsafe erasure.fill(out, of: shape) }
    }
  }
}

extension Distortion {
  /// Resamples an image in a batch of a shape.
  fileprivate func warp(
    _ image: UnsafePointer<Float>, of shape: Shape, to out: UnsafeMutablePointer<Float>
  ) {
    let (height, width, channels) = (shape[1], shape[2], shape[3])
    unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: channels) { border in
      for channel in 0..<channels {
        unsafe border.initializeElement(
          at: channel, to: borderMean(image + channel, height, width, channels))
      }
      // Two fields, and the scratch memory of their smoothing.
      let pixels = height * width
      let capacity =
        displacement.map { 2 * pixels + $0.smoothing.scratchCount(height, width) } ?? 0
      unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: capacity) { fields in
        guard let fill = border.baseAddress, let field = fields.baseAddress else { return }
        if let displacement {
          unsafe displacement.stream.fillWithNoise(field, count: 2 * pixels, in: -1..<1)
          for part in 0..<2 {
            unsafe kernels.smooth(
              Int64(height), Int64(width), Int64(displacement.smoothing.radius),
              displacement.smoothing.weights, field + part * pixels, field + 2 * pixels)
          }
        }
        let warp = unsafe cairn_warp(
          of: shape, by: transform, .bilinear, .constant, fill,
          displacements: displacement == nil ? nil : field)
        unsafe warp.resample(image, to: out)
      }
    }
  }
}

extension Distortion.Erasure {
  /// Fills the rectangle of an image in a batch of a shape.
  fileprivate func fill(_ image: UnsafeMutablePointer<Float>, of shape: Shape) {
    let (width, channels) = (shape[2], shape[3])
    let length = columns.count * channels
    unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: rows.count * length) { noise in
      guard let noise = noise.baseAddress else { return }
      unsafe stream.fillWithNoise(noise, count: rows.count * length, in: 0..<1)
      for (place, row) in rows.enumerated() {
        unsafe (image + (row * width + columns.lowerBound) * channels).update(
          from: noise + place * length, count: length)
      }
    }
  }
}

/// The mean of one channel over the border of an image.
func borderMean(
  _ channel: UnsafePointer<Float>, _ height: Int, _ width: Int, _ channels: Int
) -> Float {
  var (sum, count) = (0.0, 0)
  func add(_ row: Int, _ columns: some Sequence<Int>) {
    for column in columns {
      sum += Double(unsafe channel[(row * width + column) * channels])
      count += 1
    }
  }
  add(0, 0..<width)
  if height > 1 { add(height - 1, 0..<width) }
  for row in stride(from: 1, to: height - 1, by: 1) {
    add(row, CollectionOfOne(0))
    if width > 1 { add(row, CollectionOfOne(width - 1)) }
  }
  return Float(sum / Double(count))
}
