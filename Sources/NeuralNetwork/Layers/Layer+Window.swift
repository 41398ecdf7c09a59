import Tensors

extension Layer {
  /// Creates a sliding window over the layer's input.
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
      let extents = isOneDimensional ? "\(width)" : "\(height) × \(width)"
      throw ShapeError(
        self, "has a window of \(extents), larger than its input \(text(inputShape))")
    }
    return window
  }

  /// The shape of an input as messages show it, without the row that a ``Spatial1D`` adds.
  func text(_ inputShape: Shape) -> String {
    "\(isOneDimensional ? Shape(inputShape.dropFirst()) : inputShape)"
  }

  /// Throws unless the input is an image, `[height, width, channels]`.
  func requireImages(_ inputShape: Shape) throws(ShapeError) {
    guard inputShape.count == 3 else {
      throw ShapeError(self, "needs images [height, width, channels], not \(inputShape)")
    }
  }

  /// Creates an output shape; throws if it has more than 2⁴⁵ elements.
  ///
  /// Extents from a file multiply from layer to layer. The limit keeps the products of the next
  /// layer within `Int`.
  func outputShape(_ dimensions: [Int]) throws(ShapeError) -> Shape {
    try shape(dimensions, upTo: 0x1p45)
  }

  /// Creates a weight shape; throws if it has more than 2⁶² elements.
  func weightShape(_ dimensions: [Int]) throws(ShapeError) -> Shape {
    try shape(dimensions, upTo: 0x1p62)
  }

  private func shape(_ dimensions: [Int], upTo limit: Double) throws(ShapeError) -> Shape {
    guard dimensions.reduce(1, { $0 * Double($1) }) <= limit else {
      throw ShapeError(
        self, "would need \(dimensions) numbers, more than any memory holds", isExcessive: true)
    }
    return Shape(dimensions)
  }

  /// The number of elements that a convolution needs for one example: those of the output, of the
  /// patches that exist in memory, and of the padded image.
  func workingCount(of window: Window, taps: Int, filters: Int) -> Double {
    let places = Double(window.outputHeight) * Double(window.outputWidth)
    return places * (Double(taps) + Double(filters)) + window.surroundedCount
  }

  /// The number of multiplications of a window at all places.
  ///
  /// - Parameters:
  ///   - window: The window.
  ///   - taps: The number of elements under the window.
  ///   - lanes: The number of results that are computed together, rounded up to whole vectors.
  /// - Returns: The number.
  func multiplicationCount(of window: Window, taps: Double, lanes: Int) -> Double {
    let places = Double(window.outputHeight) * Double(window.outputWidth)
    return places * taps * Layer.vectorized(lanes)
  }

  /// A number of results, rounded up to whole vectors.
  static func vectorized(_ count: Int) -> Double { (Double(count) / 16).rounded(.up) * 16 }
}
