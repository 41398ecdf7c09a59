public import JSON
import Preconditions
public import Tensors

/// The base class of the global pooling of volumes.
///
/// See ``GlobalAveragePooling3D`` for an example.
public class BaseGlobalPooling3D: Layer {
  /// Whether to keep the axes of the volume with extent 1.
  public final let keepDimensions: Bool

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - keepDimensions: Whether to keep the axes of the volume with extent 1; Keras's `keepdims`.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  public init(keepDimensions: Bool = false, name: String? = nil) {
    self.keepDimensions = keepDimensions
    super.init(name: name)
  }

  /// Creates a layer with the options of a file.
  package required convenience init(_ reader: OptionReader) throws(KerasError) {
    try reader.requireChannelsLast()
    self.init(
      keepDimensions: try reader.bool("keepdims", default: false), name: reader.name)
  }

  /// The options that differ from Keras's defaults.
  public final override var config: JSON.Object {
    keepDimensions ? ["keepdims": .bool(true)] : [:]
  }

  /// The shape `[channels]`, or `[1, 1, 1, channels]`.
  public final override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    try requireVolumes(inputShape)
    return keepDimensions ? [1, 1, 1, inputShape[3]] : [inputShape[3]]
  }

  /// Pools images of one row.
  func pooled(_ x: Tensor) -> Tensor { fail("\(Self.className) must override `pooled(_:)`.") }

  /// Pools the volumes.
  public final override func call(_ x: Tensor, training: Bool) -> Tensor {
    let (batch, channels) = (x.shape[0], x.shape[4])
    let pixels = x.shape[1] * x.shape[2] * x.shape[3]
    let y = pooled(x.reshaped([batch, 1, pixels, channels]))
    return y.reshaped(keepDimensions ? [batch, 1, 1, 1, channels] : [batch, channels])
  }
}

/// Global average pooling of volumes: averages each channel.
///
/// ```swift
/// let layer = GlobalAveragePooling3D()
/// let means = layer(Tensor(repeating: 1, shape: [2, 8, 16, 16, 4]))  // [2, 4], all elements 1
/// ```
public final class GlobalAveragePooling3D: BaseGlobalPooling3D, KerasLayer {
  override func pooled(_ x: Tensor) -> Tensor { x.mean(axes: [1, 2]) }
}

/// Global max pooling of volumes: the largest element of each channel.
///
/// ```swift
/// let layer = GlobalMaxPooling3D(keepDimensions: true)
/// let largest = layer(Tensor(repeating: 1, shape: [2, 8, 16, 16, 4]))  // [2, 1, 1, 1, 4]
/// ```
public final class GlobalMaxPooling3D: BaseGlobalPooling3D, KerasLayer {
  private let planar = GlobalMaxPooling2D()

  override func pooled(_ x: Tensor) -> Tensor { planar.call(x, training: false) }
}
