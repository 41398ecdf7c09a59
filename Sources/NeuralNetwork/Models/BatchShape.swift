import JSON

/// The shape of a model's input with its batch axis, as Keras's `batch_shape`.
struct BatchShape: Hashable, Sendable {
  /// The number of examples in every batch; `nil` if it is open.
  var batchSize: Int?

  /// The extents of the other axes; `nil` for those that are open.
  let extents: [Int?]

  /// Whether an extent is open.
  var isOpen: Bool { extents.contains(nil) }

  /// The shape in Keras's form: `[null, 28, 28, 1]`.
  var json: JSON { .extents([batchSize] + extents) }
}
