import Cairn

func exportToKeras(_ model: Model, _ optimizer: Optimizer, to path: String) throws {
  let checkpoint = Checkpoint(
    model: model, optimizer: optimizer, loss: SparseCategoricalCrossentropy(fromLogits: true))
  try checkpoint.save(to: path)
}

func logits(of images: Tensor, by path: String) throws -> Tensor {
  let model = try CheckpointFile(opening: path).loadModel()
  return model.predict(images)
}

func loadWeights(_ path: String, into model: Model, inputShape: Shape) throws {
  model.build(inputShape: inputShape)
  try CheckpointFile(opening: path).loadWeights(into: model)
}

final class Scale: Layer {
  let factor: Float

  init(_ factor: Float) {
    self.factor = factor
    super.init()
  }

  override var config: JSON.Object { ["factor": .number(factor)] }

  override func call(_ x: Tensor, training: Bool) -> Tensor { x * factor }
}

func registerScale() {
  CustomObjects.registerLayer("Scale") { config in
    Scale(Float(config["factor"]?.number ?? 1))
  }
}
