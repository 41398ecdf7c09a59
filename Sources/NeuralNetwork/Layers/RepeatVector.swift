public import JSON
public import Tensors

/// Repeats each vector, which makes a sequence of equal steps.
///
/// ```swift
/// let model = Sequential([LSTM(16), RepeatVector(20), Dense(3)])
/// let sequences = model(Tensor(zeros: [8, 50, 3]))  // [8, 16] → [8, 20, 16] → [8, 20, 3]
/// ```
public final class RepeatVector: Layer {
  /// The number of steps.
  public let count: Int

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - count: The number of steps, at least 1.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    _ count: Int, name: String? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    requirePositive(count, "count", file: file, line: line)
    self.count = count
    super.init(name: name)
  }

  /// The number of steps in Keras's form.
  public override var config: JSON.Object { ["n": .integer(count)] }

  /// The shape `[count, elements]`.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    guard inputShape.count == 1 else {
      throw ShapeError(self, "needs vectors [elements], not \(inputShape)")
    }
    return try outputShape([count, inputShape[0]])
  }

  /// Repeats each vector.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    x.newAxis(at: 1).broadcast(to: [x.shape[0], count, x.shape[1]])
  }
}

extension RepeatVector: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    self.init(try reader.integer("n", atMost: OptionReader.Limit.extent), name: reader.name)
  }
}
