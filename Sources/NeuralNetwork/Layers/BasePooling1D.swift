public import Tensors

/// The base class of 1D pooling layers.
///
/// See ``MaxPooling1D`` for an example.
public class BasePooling1D: Spatial1D {
  private let pooling: BasePooling

  /// Creates a layer that computes what a 2D pooling does.
  init(_ pooling: BasePooling, name: String?) {
    self.pooling = pooling
    super.init(pooling, name: name)
  }

  /// The size of the pooling window.
  public final var poolSize: Int { pooling.poolSize.width }

  /// The stride of the window.
  public final var strides: Int { pooling.strides.width }

  /// The padding mode; padding is excluded from averages, as in Keras.
  public final var padding: Padding { pooling.padding }
}
