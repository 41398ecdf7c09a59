import NeuralNetwork
import Tensors

/// Trains a network on numbers in memory, as the workers of other frameworks in
/// `peers/networks.py` do; takes orders as ``Worker`` does.
///
///     train BATCH STEPS      trains
///     predict BATCH          predicts 512 inputs
///     profile BATCH STEPS    trains, and prints where the time goes
///     memory                 answers with the peak memory
///     weights                answers with a checksum of the bits of all weights
struct NetworkWorker {
  private let network: Network
  private let model: NetworkModel
  private let optimizer = Adam()
  private let crossEntropy = SparseCategoricalCrossentropy(fromLogits: true)
  private let inputs: Tensor

  init(_ network: Network) {
    self.network = network
    model = NetworkModel(network)
    model.seed = 0
    inputs = Self.inputs(network, 512)
    _ = model(Self.inputs(network, 1), training: false)
  }

  func serve() {
    Orders.serve { order, numbers in
      switch (order, numbers.count) {
      case ("train", 2): "\"loss\": \(train(numbers[0], steps: numbers[1]))"
      case ("predict", 1):
        "\"sum\": \(model.predict(inputs, batchSize: numbers[0]).sum().scalar)"
      case ("profile", 2): "\"loss\": \(profile(numbers[0], steps: numbers[1]))"
      case ("memory", 0): "\"peak_rss\": \(peakResidentSize())"
      case ("weights", 0): "\"weights\": \"\(digest())\""
      default: nil
      }
    }
  }

  /// Trains, prints where the time goes, and returns the last loss.
  @discardableResult
  func profile(_ batchSize: Int, steps: Int) -> Float {
    let profile = Profile()
    _ = train(batchSize, steps: 10)
    model.profile = profile
    let loss = train(batchSize, steps: steps)
    model.profile = nil
    profile.report()
    return loss
  }

  private func train(_ batchSize: Int, steps: Int) -> Float {
    let x = Self.inputs(network, batchSize)
    let labels = Tensor((0..<batchSize).map { Float($0 * 7 % 10) })
    var loss: Float = 0
    let profile = model.profile
    for _ in 0..<steps {
      let batchLoss = withGradientTape { crossEntropy(labels, model(x, training: true)) }
      profile?.note("loss")
      let gradients = batchLoss.gradients()
      profile?.note("gradients of the first block")
      optimizer.apply(gradients, to: model.trainableVariables)
      loss = batchLoss.scalar
      profile?.note("optimizer", isLast: true)
    }
    return loss
  }

  /// A checksum of the bits of all weights.
  private func digest() -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for variable in model.allLayers.flatMap(\.weights) {
      for number in variable.value.scalars {
        hash = (hash ^ UInt64(number.bitPattern)) &* 0x100_0000_01B3
      }
    }
    return String(hash, radix: 16)
  }

  private static func inputs(_ network: Network, _ count: Int) -> Tensor {
    let shape = Shape([count] + network.input.dimensions)
    var stream = RandomStream(seed: 1, stream: 0)
    return Tensor(stream.uniform(in: 0..<1, count: shape.elementCount), shape: shape)
  }
}
