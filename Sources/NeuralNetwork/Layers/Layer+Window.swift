import Tensors

extension Layer {
  /// Places a window over the layer's input.
  func window(
    _ size: Size2D, strides: Size2D, dilation: Size2D = 1, padding: Padding, groups: Int = 1,
    over inputShape: Shape
  ) throws(ShapeError) -> Window {
    try requireImages(inputShape)
    let window = Window(
      size, strides: strides, dilation: dilation, padding: padding, groups: groups,
      over: inputShape)
    guard let window else {
      let height = (size.height - 1) * dilation.height + 1
      let width = (size.width - 1) * dilation.width + 1
      throw ShapeError(
        self, "has a window of \(height) × \(width), larger than its input \(inputShape)")
    }
    return window
  }

  /// Refuses an input that is not an image, `[height, width, channels]`.
  func requireImages(_ inputShape: Shape) throws(ShapeError) {
    guard inputShape.count == 3 else {
      throw ShapeError(self, "needs images [height, width, channels], not \(inputShape)")
    }
  }

  /// The shape of an output, unless it has more elements than any memory holds.
  ///
  /// Sizes from a file multiply from layer to layer; with this limit, what a later layer multiplies
  /// them with still fits an `Int`.
  func outputShape(_ dimensions: [Int]) throws(ShapeError) -> Shape {
    try shape(dimensions, upTo: 0x1p45)
  }

  /// The shape of a weight, unless it has more elements than an `Int` counts.
  func weightShape(_ dimensions: [Int]) throws(ShapeError) -> Shape {
    try shape(dimensions, upTo: 0x1p62)
  }

  private func shape(_ dimensions: [Int], upTo limit: Double) throws(ShapeError) -> Shape {
    guard dimensions.reduce(1, { $0 * Double($1) }) <= limit else {
      throw ShapeError(self, "would need \(dimensions) numbers, more than any memory holds")
    }
    return Shape(dimensions)
  }

  /// How many elements a convolution needs for one example: its output, what the kernel sees at each
  /// of its places, and an image with what is around it.
  func workingCount(of window: Window, taps: Int, filters: Int) -> Double {
    let places = Double(window.outputHeight) * Double(window.outputWidth)
    return places * (Double(taps) + Double(filters)) + window.surroundedCount
  }
}
