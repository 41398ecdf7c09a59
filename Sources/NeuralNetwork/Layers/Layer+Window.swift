import Tensors

extension Layer {
  /// Places a window over the layer's input.
  func window(_ size: Size2D, strides: Size2D, padding: Padding, over inputShape: Shape)
    throws(ShapeError) -> Window
  {
    guard inputShape.count == 3 else {
      throw ShapeError(self, "needs images [height, width, channels], not \(inputShape)")
    }
    guard let window = Window(size, strides: strides, padding: padding, over: inputShape) else {
      throw ShapeError(
        self, "has a window of \(size.height) × \(size.width), larger than its input \(inputShape)")
    }
    return window
  }
}
