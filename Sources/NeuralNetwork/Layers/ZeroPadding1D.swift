public import JSON
import Tensors

/// Pads sequences with zeros.
///
/// ```swift
/// let layer = ZeroPadding1D(start: 2, end: 1)
/// let padded = layer(x)  // [1, 2, 1] → [1, 5, 1]: the steps 0, 0, 1, 2, 0
/// ```
public final class ZeroPadding1D: Spatial1D {
  /// The number of steps of zeros at the beginning and at the end.
  public let padding: (start: Int, end: Int)

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - start: The number of steps of zeros at the beginning.
  ///   - end: The number of steps of zeros at the end.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  public convenience init(start: Int = 1, end: Int = 1, name: String? = nil) {
    self.init(Margins(left: start, right: end), name: name)
  }

  private init(_ padding: Margins, name: String?) {
    self.padding = (padding.left, padding.right)
    super.init(ZeroPadding2D(padding), name: name)
  }

  /// The numbers of steps in Keras's form, unless they are Keras's default.
  public override var config: JSON.Object {
    padding == (1, 1) ? [:] : ["padding": .steps(padding)]
  }
}

extension ZeroPadding1D: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    try reader.readDataFormat()
    self.init(try reader.oneDimensional.margins("padding", default: 1), name: reader.name)
  }
}
