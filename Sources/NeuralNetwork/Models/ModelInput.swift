public import Tensors

/// An input of a model.
///
/// ```swift
/// let model = try CheckpointFile(opening: path).loadModel()
/// for input in Architecture(model)?.inputs ?? [] {
///   print(input.name, input.shape)  // input_layer [28, 28, 1]
/// }
/// ```
public struct ModelInput: Hashable, Sendable {
  /// The name of the input.
  public let name: String

  /// The shape, without the batch axis; extents that the file leaves open have a supported value.
  public let shape: Shape

  /// The extents, without the batch axis; `nil` for those that the file leaves open.
  public let extents: [Int?]

  /// The number of examples in every batch, if the file fixes it; Keras needs it for layers that
  /// keep their states between batches.
  ///
  /// Models here take batches of any size.
  public let batchSize: Int?

  /// The shape in files.
  var batchShape: BatchShape { BatchShape(batchSize: batchSize, extents: extents) }
}
