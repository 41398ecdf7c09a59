public import JSON
import Tensors

/// Crops the beginnings and the ends of sequences.
///
/// ```swift
/// let layer = Cropping1D(start: 1, end: 2)
/// let middle = layer(x)  // [1, 5, 1] → [1, 2, 1]: of the steps 1 to 5, 2 and 3
/// ```
public final class Cropping1D: Spatial1D {
  /// The number of steps to crop at the beginning and at the end.
  public let cropping: (start: Int, end: Int)

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - start: The number of steps to crop at the beginning.
  ///   - end: The number of steps to crop at the end.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  public convenience init(start: Int = 1, end: Int = 1, name: String? = nil) {
    self.init(Margins(left: start, right: end), name: name)
  }

  private init(_ cropping: Margins, name: String?) {
    self.cropping = (cropping.left, cropping.right)
    super.init(Cropping2D(cropping), name: name)
  }

  /// The numbers of steps in Keras's form, unless they are Keras's default.
  public override var config: JSON.Object {
    cropping == (1, 1) ? [:] : ["cropping": .steps(cropping)]
  }
}

extension Cropping1D: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    self.init(try reader.oneDimensional.margins("cropping", default: 1), name: reader.name)
  }
}

extension JSON {
  /// Numbers of steps at both ends of a sequence in Keras's form.
  static func steps(_ steps: (start: Int, end: Int)) -> JSON {
    .array([.integer(steps.start), .integer(steps.end)])
  }
}
