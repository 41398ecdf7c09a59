import Preconditions
import CKernels

extension Tensor {
  /// Returns the softmax, eˣ / Σ eˣ, along the last axis.
  ///
  /// - Returns: A tensor of the same shape; each row sums to 1.
  public func softmax() -> Tensor {
    let (rows, columns) = rowsAndColumns
    let storage = Storage(uninitialized: count, logits: self)
    unsafe kernels.softmax(rows, columns, self.storage.pointer, storage.pointer)
    let y = Tensor(shape: shape, storage: storage)
    return y.computed(fromRows: self) { unsafe kernels.softmax_gradient($0, $1, $2, $3, $4) }
  }

  /// The logits: the input of the softmax or sigmoid that computed this tensor; `nil` for other
  /// tensors.
  ///
  /// A cross-entropy computed from logits stays accurate when probabilities round to 0 or 1. Keras
  /// does the same with `_keras_logits`.
  public var activationLogits: Tensor? {
    guard let logits = storage.logits, logits.shape == shape else { return nil }
    return logits
  }

  /// The same elements without their logits, so that a loss is computed from themselves.
  ///
  /// Keras's layers that only give a tensor another shape forget them.
  package var withoutLogits: Tensor {
    activationLogits == nil ? self : Tensor(concatenating: [self], axis: 0)
  }

  /// The logits: the input of the softmax that computed this tensor; `nil` for other tensors.
  public var softmaxLogits: Tensor? { storage.isSoftmax ? activationLogits : nil }

  /// Returns the softmax cross-entropy of each row of logits and its targets.
  ///
  /// - Parameters:
  ///   - targets: The target probabilities, with the shape of the logits; they get no gradient.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: For logits of shape `[…, classes]`, −Σ target · log softmax(logits), of shape
  ///   `[…]`.
  public func softmaxCrossEntropy(targets: Tensor, file: StaticString = #fileID, line: UInt = #line)
    -> Tensor
  {
    require(
      targets.shape == shape,
      "`targets` must have the shape of the logits, \(shape), but have \(targets.shape).",
      file: file, line: line)
    let (rows, columns) = rowsAndColumns
    let (logits, targets) = (withoutGradient, targets.withoutGradient)
    return unsafe Tensor(uninitialized: Shape(shape.dropLast())) { out in
      unsafe kernels.softmax_cross_entropy(
        rows, columns, storage.pointer, targets.storage.pointer, at(out, 0))
    }
    .computed(
      from: (
        self,
        { gradient in
          unsafe Tensor(uninitialized: logits.shape) { out in
            unsafe kernels.softmax_cross_entropy_gradient(
              rows, columns, logits.storage.pointer, targets.storage.pointer,
              gradient.storage.pointer, at(out, 0))
          }
        }
      ))
  }

  /// Returns the one-hot encoding of the elements, which are class indices.
  ///
  /// - Parameters:
  ///   - depth: The number of classes.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: For a tensor of shape `[…]`, one of shape `[…, depth]`.
  /// - Precondition: The elements are integers in `0..<depth`.
  public func oneHot(depth: Int, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    unsafe Tensor(uninitialized: Shape(shape.dimensions + [depth])) { out in
      unsafe out.initialize(repeating: 0)
      for row in 0..<count {
        let column = unsafe storage.pointer[row]
        require(
          column >= 0 && column < Float(depth) && column == column.rounded(),
          "Class indexes must be whole numbers from 0 to \(depth - 1), but one is \(column).",
          file: file, line: line)
        unsafe out[row * depth + Int(column)] = 1
      }
    }
  }

  /// Records this result of a function of each row.
  ///
  /// - Parameters:
  ///   - x: The input of the function.
  ///   - gradient: The kernel of its gradient (rows, columns, this result, gradient of the result,
  ///     output).
  /// - Returns: The same tensor, recorded if the input is.
  @safe func computed(
    fromRows x: Tensor,
    gradient:
      @escaping @Sendable (
        Int64, Int64, UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>
      ) -> Void
  ) -> Tensor {
    let y = self
    return computed(
      from: (
        x,
        { dy in
          let (rows, columns) = y.rowsAndColumns
          return unsafe Tensor(uninitialized: y.shape) { out in
            unsafe gradient(rows, columns, y.storage.pointer, dy.storage.pointer, at(out, 0))
          }
        }
      ))
  }

  /// The numbers of rows and columns; a row consists of the elements along the last axis.
  var rowsAndColumns: (rows: Int64, columns: Int64) {
    require(
      rank > 0 && shape[rank - 1] > 0,
      "The last axis of a softmax must not be empty, but the shape is \(shape).")
    return (Int64(count / shape[rank - 1]), Int64(shape[rank - 1]))
  }
}
