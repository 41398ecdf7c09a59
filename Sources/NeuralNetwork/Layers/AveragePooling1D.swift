public import Tensors

/// 1D average pooling: averages each channel over windows of the sequence.
///
/// ```swift
/// let layer = AveragePooling1D(2)
/// let shorter = layer(x)  // [1, 4, 1] → [1, 2, 1]: of the steps 1, 4, 2, 3, 2.5 and 2.5
/// ```
public final class AveragePooling1D: BasePooling1D, KerasLayer {
  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - poolSize: The size of the pooling window.
  ///   - strides: The stride of the window; defaults to `poolSize`.
  ///   - padding: The padding mode, `valid` or `same`.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    _ poolSize: Int = 2, strides: Int? = nil, padding: Padding = .valid, name: String? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    super.init(
      AveragePooling2D(
        Size2D(row: poolSize), strides: strides.map(Size2D.init(row:)), padding: padding,
        file: file, line: line),
      name: name)
  }

  /// Creates a layer with the options of a file.
  package init(_ reader: OptionReader) throws(KerasError) {
    super.init(try AveragePooling2D(reader.oneDimensional), name: reader.name)
  }
}
