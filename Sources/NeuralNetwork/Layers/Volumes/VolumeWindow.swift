import Tensors

/// A window that slides over volumes: over the planes here, and over the pixels of each plane as a
/// ``Window``.
struct VolumeWindow {
  /// The number of planes of an output.
  let depth: Int
  /// The window over a plane.
  let plane: Window
  /// For each plane of the window, the planes of the volume that it sees; `nil` outside of it.
  let taps: [[Int?]]

  /// The shape of an output with a number of channels.
  func outputShape(_ channels: Int) -> [Int] {
    [depth, plane.outputHeight, plane.outputWidth, channels]
  }

  /// The number of positions of the window.
  var places: Double {
    Double(depth) * Double(plane.outputHeight) * Double(plane.outputWidth)
  }
}

extension Tensor {
  /// Convolves volumes `[batch, depth, height, width, channels]`: the sum of 2D convolutions of
  /// planes, one for each plane of the kernel.
  ///
  /// - Parameters:
  ///   - kernel: `[depth, height, width, channels / groups, filters]`.
  ///   - window: The window over the volumes.
  ///   - strides: The strides over a plane.
  ///   - padding: The padding mode.
  ///   - dilation: The dilation rate over a plane.
  ///   - groups: The number of groups of channels that are convolved separately.
  /// - Returns: `[batch, depth, height, width, filters]`.
  func convolved(
    _ kernel: Tensor, _ window: VolumeWindow, strides: Size2D, _ padding: Padding,
    _ dilation: Size2D, groups: Int = 1
  ) -> Tensor {
    var sum: Tensor?
    for (tap, depths) in window.taps.enumerated() where depths.contains(where: { $0 != nil }) {
      let plane = kernel.slice(tap..<tap + 1, axis: 0).reshaped(Shape(kernel.shape.dropFirst()))
      let part = planes(at: depths).convolution(
        plane, strides: strides, padding: padding, dilation: dilation, groups: groups)
      sum = sum.map { $0 + part } ?? part
    }
    let shape = Shape([self.shape[0]] + window.outputShape(kernel.shape[4]))
    return (sum ?? Tensor(zeros: shape)).reshaped(shape)
  }
}

extension Layer {
  /// Throws unless the input is a volume, `[depth, height, width, channels]`.
  func requireVolumes(_ inputShape: Shape) throws(ShapeError) {
    guard inputShape.count == 4 else {
      throw ShapeError(self, "needs volumes [depth, height, width, channels], not \(inputShape)")
    }
  }

  /// Creates a window over the layer's input.
  func window(
    _ size: Size3D, strides: Size3D, dilation: Size3D = 1, padding: Padding,
    over inputShape: Shape
  ) throws(ShapeError) -> VolumeWindow {
    try requireVolumes(inputShape)
    let extent = inputShape[0]
    let length = (size.depth - 1) * dilation.depth + 1
    let isSame = padding == .same
    guard isSame || extent >= length,
      let plane = Window(
        size.plane, strides: strides.plane, dilation: dilation.plane, padding: padding,
        over: Shape(inputShape.dropFirst()))
    else { throw ShapeError(self, "has a window larger than its input \(inputShape)") }
    let depth =
      isSame
      ? (extent + strides.depth - 1) / strides.depth : (extent - length) / strides.depth + 1
    let before = isSame ? max(0, (depth - 1) * strides.depth + length - extent) / 2 : 0
    let taps = (0..<size.depth).map { tap in
      (0..<depth).map { place -> Int? in
        let seen = place * strides.depth + tap * dilation.depth - before
        return (0..<extent).contains(seen) ? seen : nil
      }
    }
    return VolumeWindow(depth: depth, plane: plane, taps: taps)
  }
}
