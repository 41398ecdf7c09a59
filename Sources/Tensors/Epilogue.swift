import Preconditions
import CKernels

/// The epilogue of a matrix product: bias and ReLU, applied before the results are stored.
struct Epilogue: Sendable {
  private var bias: Tensor?
  private var relu = false

  /// Whether ReLU is applied.
  var hasReLU: Bool { relu }

  /// The address of the bias; `nil` for none.
  var biasAddress: UnsafePointer<Float>? {
    unsafe bias.map { unsafe UnsafePointer($0.storage.pointer) }
  }

  /// Creates an empty epilogue.
  init() {}

  /// - Parameters:
  ///   - bias: The bias, which is added to each row of the product; `nil` for none.
  ///   - relu: Whether to apply ReLU to the results.
  ///   - columns: The number of columns of the product.
  init(bias: Tensor?, relu: Bool, columns: Int) {
    require(
      bias.map { $0.shape == [columns] } ?? true,
      "`bias` must have the shape [\(columns)], but has \(bias?.shape ?? []).")
    self.bias = bias?.withoutGradient
    self.relu = relu
  }

  /// Adds the epilogue to a kernel call for a part of the product that starts at a column.
  func add(to product: inout cairn_product, column: Int = 0) {
    unsafe product.bias = unsafe bias.map { unsafe UnsafePointer($0.storage.pointer) + column }
    unsafe product.relu = relu ? 1 : 0
  }

  /// Applies the epilogue to computed rows.
  func apply(to c: UnsafeMutablePointer<Float>, rows: Int, columns: Int) {
    if let bias { unsafe kernels.add(Int64(rows), Int64(columns), c, bias.storage.pointer, c) }
    if relu { unsafe kernels.relu(Int64(rows * columns), c, c) }
  }
}

extension Tensor {
  /// Records the result of a product with bias and ReLU.
  ///
  /// - Parameters:
  ///   - bias: The bias that was added; `nil` for none.
  ///   - relu: Whether ReLU was applied.
  ///   - product: Records the product itself.
  /// - Returns: The same tensor, recorded if any input is.
  func computed(bias: Tensor?, relu: Bool, _ product: (Tensor) -> Tensor) -> Tensor {
    var sum = product(self)
    if let bias {
      // The gradient of the sum is the gradient of the product, and its column sums that of the
      // bias.
      sum = computed(from: (sum, { $0 }), (bias, { $0.columnSums() }))
    }
    guard relu else { return sum }
    let y = withoutGradient
    return computed(from: (sum, { y.reluGradient($0) }))
  }
}
