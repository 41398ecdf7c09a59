import NeuralNetwork
import Tensors

/// How a layer brings an image to another size: pixels cut off or added, then interpolation.
struct ImageFitting {
  private(set) var cut: Margins = 0
  private(set) var added: Margins = 0
  /// The value of the pixels that are added.
  private(set) var fill: Float = 0
  /// The size before the interpolation.
  private(set) var size: Size2D
  /// The size to interpolate to; `nil` if the image has it already.
  private(set) var resized: Size2D?

  init(_ layer: Resizing, _ input: Shape) {
    let (height, width) = (input[0], input[1])
    size = Size2D(height, width)
    switch layer.aspectRatio {
    case .distort: break
    case .crop:
      size = Size2D(
        height: height, width: width, aspectRatioOf: layer.size, precision: Float.self)
      cut = Margins(around: size, in: input)
    case .pad(let value):
      added = Margins(paddingToAspectRatioOf: layer.size, input)
      size = Size2D(height + added.top + added.bottom, width + added.left + added.right)
      fill = value
    }
    resized = size == layer.size ? nil : layer.size
  }

  init(_ layer: BaseCrop, _ input: Shape) {
    let (height, width, target) = (input[0], input[1], layer.size)
    // A random crop takes the largest window of the aspect ratio in predictions.
    let fits = height >= target.height && width >= target.width && layer is CenterCrop
    size =
      fits
      ? target
      : Size2D(height: height, width: width, aspectRatioOf: target, precision: Double.self)
    cut = Margins(around: size, in: input)
    resized = size == target ? nil : target
  }
}
