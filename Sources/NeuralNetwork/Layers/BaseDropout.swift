public import JSON
import Preconditions
public import Tensors

/// The base class of dropout layers, which change their input at random in training.
///
/// See ``Dropout`` for an example.
public class BaseDropout: Layer {
  /// The drop probability, in `0..<1`.
  public final let rate: Float

  private let seedGenerator = SeedGenerator()

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - rate: The drop probability, in `0..<1`.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    _ rate: Float, name: String? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    require(
      rate >= 0 && rate < 1, "`rate` must be at least 0 and less than 1, but is \(rate).",
      file: file, line: line)
    self.rate = rate
    super.init(name: name)
  }

  /// The rate in Keras's form.
  public override var config: JSON.Object { ["rate": .number(rate)] }

  /// Whether the output elements are those of the input at inference.
  package final override var keepsElements: Bool { true }

  /// The random number generator of the layer.
  public final override var seedGenerators: [SeedGenerator] { [seedGenerator] }

  /// Changes the input at random.
  func drop(_ x: Tensor, stream: RandomStream) -> Tensor {
    fail("\(Self.className) must override `drop(_:stream:)`.")
  }

  /// Changes the input at random in training; otherwise returns it.
  public final override func call(_ x: Tensor, training: Bool) -> Tensor {
    training && rate > 0 ? drop(x, stream: seedGenerator.next()) : x
  }

  /// Whether the layer passes a mask on: it does.
  public override var supportsMasking: Bool { true }
}
