import CKernels

extension Tensor {
  /// Returns eˣ / Σ eˣ along the last axis.
  ///
  /// - Returns: A tensor of the same shape; each row adds up to 1.
  public func softmax() -> Tensor {
    let (rows, columns) = rowsAndColumns
    let storage = Storage(uninitialized: count, logits: self)
    kernels.softmax(rows, columns, self.storage.pointer, storage.pointer)
    let y = Tensor(shape: shape, storage: storage)
    return y.computed(
      from: (
        self,
        { gradient in
          Tensor(uninitialized: y.shape) { out in
            kernels.softmax_gradient(
              rows, columns, y.storage.pointer, gradient.storage.pointer, at(out, 0))
          }
        }
      ))
  }

  /// What went into the softmax or the sigmoid whose result this tensor is, if it is one.
  ///
  /// A cross entropy computed from the logits is exact where probabilities have rounded to 0 or 1.
  /// Keras does the same with its `_keras_logits`.
  public var activationLogits: Tensor? {
    guard let logits = storage.logits, logits.shape == shape else { return nil }
    return logits
  }

  /// What went into the softmax whose result this tensor is, if it is one.
  public var softmaxLogits: Tensor? { storage.isSoftmax ? activationLogits : nil }

  /// Returns the cross entropy of targets and the softmax of logits, row by row.
  ///
  /// - Parameter targets: The probabilities that are aimed at, in the shape of the logits; no
  ///   gradient is taken with respect to them.
  /// - Returns: For logits of shape `[…, classes]`, −Σ target · log softmax(logits), of shape
  ///   `[…]`.
  public func softmaxCrossEntropy(targets: Tensor) -> Tensor {
    precondition(
      targets.shape == shape,
      "targets of shape \(targets.shape) do not fit logits of shape \(shape)")
    let (rows, columns) = rowsAndColumns
    let (logits, targets) = (withoutGradient, targets.withoutGradient)
    return Tensor(uninitialized: Shape(shape.dropLast())) { out in
      kernels.softmax_cross_entropy(
        rows, columns, storage.pointer, targets.storage.pointer, at(out, 0))
    }
    .computed(
      from: (
        self,
        { gradient in
          Tensor(uninitialized: logits.shape) { out in
            kernels.softmax_cross_entropy_gradient(
              rows, columns, logits.storage.pointer, targets.storage.pointer,
              gradient.storage.pointer, at(out, 0))
          }
        }
      ))
  }

  /// Returns a row with a 1 in the column that each element names, and zeros elsewhere.
  ///
  /// - Parameter depth: The number of columns.
  /// - Returns: For a tensor of shape `[…]`, one of shape `[…, depth]`.
  /// - Precondition: The elements are integers in `0..<depth`.
  public func oneHot(depth: Int) -> Tensor {
    Tensor(uninitialized: Shape(shape.dimensions + [depth])) { out in
      out.initialize(repeating: 0)
      for row in 0..<count {
        let column = storage.pointer[row]
        precondition(
          column >= 0 && column < Float(depth) && column == column.rounded(),
          "\(column) is not one of \(depth) classes")
        out[row * depth + Int(column)] = 1
      }
    }
  }

  /// The number of rows, which are the elements along the last axis, and of columns.
  var rowsAndColumns: (rows: Int64, columns: Int64) {
    precondition(rank > 0 && shape[rank - 1] > 0, "a softmax needs classes, not the shape \(shape)")
    return (Int64(count / shape[rank - 1]), Int64(shape[rank - 1]))
  }
}
