import Preconditions
import CKernels

/// What happens to the results of a product before they are stored for good.
struct Epilogue: Sendable {
  private var bias: Tensor?
  private var relu = false

  /// Nothing happens.
  init() {}

  /// - Parameters:
  ///   - bias: What is added to each row of the product, if anything.
  ///   - relu: Whether negative results become 0.
  ///   - columns: The number of columns of the product.
  init(bias: Tensor?, relu: Bool, columns: Int) {
    require(
      bias.map { $0.shape == [columns] } ?? true,
      "`bias` must have the shape [\(columns)], but has \(bias?.shape ?? []).")
    self.bias = bias?.withoutGradient
    self.relu = relu
  }

  /// Asks the kernel to do it, in a part of the product that starts at a column.
  func add(to product: inout cairn_product, column: Int = 0) {
    product.bias = bias.map { UnsafePointer($0.storage.pointer) + column }
    product.relu = relu ? 1 : 0
  }

  /// Does it to rows that have been computed.
  func apply(to c: UnsafeMutablePointer<Float>, rows: Int, columns: Int) {
    if let bias { kernels.add(Int64(rows), Int64(columns), c, bias.storage.pointer, c) }
    if relu { kernels.relu(Int64(rows * columns), c, c) }
  }
}

extension Tensor {
  /// Connects the result of a product with bias and `relu` to what it was computed from.
  ///
  /// - Parameters:
  ///   - bias: What was added to the product, if anything.
  ///   - relu: Whether `relu` was applied.
  ///   - product: Connects the product itself.
  /// - Returns: The same tensor, recorded if one of the inputs is.
  func computed(bias: Tensor?, relu: Bool, _ product: (Tensor) -> Tensor) -> Tensor {
    var sum = product(self)
    if let bias {
      // The gradient of the sum goes to the product and to the bias as it is.
      sum = computed(from: (sum, { $0 }), (bias, { $0.columnSums() }))
    }
    guard relu else { return sum }
    let y = withoutGradient
    return computed(from: (sum, { y.reluGradient($0) }))
  }
}
