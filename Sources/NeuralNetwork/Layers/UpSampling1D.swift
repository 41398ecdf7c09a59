public import JSON
import Tensors

/// Repeats each step of a sequence.
///
/// ```swift
/// let layer = UpSampling1D(3)
/// let longer = layer(x)  // [1, 2, 1] → [1, 6, 1]: the steps 1, 1, 1, 2, 2, 2
/// ```
public final class UpSampling1D: Spatial1D {
  /// The number of times that each step is repeated.
  public let size: Int

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - size: The number of times that each step is repeated, at least 1.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  public init(_ size: Int = 2, name: String? = nil) {
    self.size = size
    super.init(UpSampling2D(Size2D(row: size)), name: name)
  }

  /// The number in Keras's form, unless it is Keras's default.
  public override var config: JSON.Object { size == 2 ? [:] : ["size": .integer(size)] }
}

extension UpSampling1D: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    self.init(try reader.oneDimensional.size("size", default: 2).width, name: reader.name)
  }
}
