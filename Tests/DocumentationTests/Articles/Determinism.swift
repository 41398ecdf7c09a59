import Cairn

func sumInOrder() {
  let numbers: [Float] = [100_000_000, 1, -100_000_000]
  print((numbers[0] + numbers[1]) + numbers[2])
  print((numbers[0] + numbers[2]) + numbers[1])
}

func trainWithNoise(on images: ImageSet, epochs: Int, saveTo path: String) throws -> [Tensor] {
  let batches = Dataset(images).shuffle(bufferSize: 1024, seed: 1).batch(32)
  let model = MyModel()
  model.seed = 2
  let optimizer = SGD(learningRate: 0.01)
  let crossEntropy = SparseCategoricalCrossentropy(fromLogits: true)
  let loss = Mean(name: "loss")
  let run = try TrainingRun(
    model, optimizer, batches, metrics: [loss], settings: ["noise": .number(0.1)], saveTo: path)

  while let _ = try run.nextEpoch(of: epochs) {
    while let (images, labels) = try run.nextBatch() {
      var random = RandomStream(seed: 3, stream: 0, substream: UInt32(run.step))
      let noise = random.uniform(in: -0.1..<0.1, count: images.count)
      let batchLoss = withGradientTape {
        crossEntropy(labels, model(images + Tensor(noise, shape: images.shape), training: true))
      }
      optimizer.apply(batchLoss.gradients(), to: model.trainableVariables)
      loss.update(batchLoss)
    }
  }
  return model.variables.map(\.value)
}

func differences(between first: String, and second: String) throws -> [String] {
  let comparison = try Inspector(opening: first).compared(with: Inspector(opening: second))
  return comparison.tensors.filter { $0.status != .equal }.map(\.name)
}
