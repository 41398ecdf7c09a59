import ModelFiles
import NeuralNetwork
import Tensors

/// Loads a model from a file and predicts, as Keras's worker in `peers/applications.py` does; takes
/// orders as ``Worker`` does.
///
///     load                 loads the model, and answers with its number of weights
///     predict BATCH SIDE   predicts a batch of square RGB images, which are random numbers
///     digest BATCH SIDE    answers with a hash of the bits that the same prediction gives
///     memory               answers with the peak memory
struct FileWorker {
  /// Any file that a model can be loaded from.
  let path: String

  private var model: Model?
  private var images: [Shape: Tensor] = [:]

  init(path: String) {
    self.path = path
  }

  mutating func serve() throws {
    try Orders.serve { order, numbers in
      switch (order, numbers.count) {
      case ("load", 0): "\"weights\": \(try load())"
      case ("predict", 2): "\"sum\": \(predict([numbers[0], numbers[1], numbers[1], 3]))"
      case ("digest", 2): "\"digest\": \"\(digest([numbers[0], numbers[1], numbers[1], 3]))\""
      case ("memory", 0): "\"peak_rss\": \(peakResidentSize())"
      default: nil
      }
    }
  }

  private mutating func load() throws -> Int {
    let loaded = try CheckpointFile(opening: path).loadModel()
    model = loaded
    return loaded.parameterCount
  }

  /// Returns the sum of what the model answers, so that nothing is left uncomputed.
  private mutating func predict(_ shape: Shape) -> Float { answers(shape).sum().scalar }

  /// Returns a hash (FNV-1a) of the bits of what the model answers.
  private mutating func digest(_ shape: Shape) -> UInt64 {
    answers(shape).scalars.reduce(0xcbf2_9ce4_8422_2325) {
      ($0 ^ UInt64($1.bitPattern)) &* 0x100_0000_01b3
    }
  }

  private mutating func answers(_ shape: Shape) -> Tensor {
    guard let model else { preconditionFailure("load comes before predict") }
    var stream = RandomStream(seed: 1, stream: 0)
    let batch =
      images[shape]
      ?? Tensor(stream.uniform(in: 0..<255, count: shape.elementCount), shape: shape)
    images[shape] = batch
    return model(batch, training: false)
  }
}
