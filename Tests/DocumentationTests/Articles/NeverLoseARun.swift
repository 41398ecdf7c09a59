import Cairn

func train(
  on images: ImageSet, epochs: Int, saveTo path: String, best: String, signals: StopSignals?
) throws {
  let model = MyModel()
  let crossEntropy = SparseCategoricalCrossentropy(fromLogits: true)
  let optimizer = Adam()
  let loss = Mean(name: "loss")
  let batches = Dataset(images).shuffle(bufferSize: 1024, seed: 42).batch(32)

  let policy = SavePolicy(
    every: .steps(500), keep: 3, best: .init(path: best, monitor: "loss"), patience: 300)
  let run = try TrainingRun(
    model, optimizer, batches, metrics: [loss], saveTo: path, policy: policy,
    signals: signals,
    report: { event in
      switch event {
      case .saved(let path, let step, _): print("saved \(path) after step \(step)")
      case .saveFailed(let error, _, _): print("not saved: \(error)")
      case .rejected(let file, _): print("damaged: \(file.path)")
      default: break
      }
    })

  while let _ = try run.nextEpoch(of: epochs) {
    while let (images, labels) = try run.nextBatch() {
      let batchLoss = withGradientTape { crossEntropy(labels, model(images, training: true)) }
      optimizer.apply(batchLoss.gradients(), to: model.trainableVariables)
      loss.update(batchLoss)
    }
  }
}

func trainUntilStopped(_ train: () throws -> Void) throws -> Int32? {
  do {
    try train()
    return nil
  } catch TrainingError.stopped(let signal, let step, let path) {
    print("stopped after step \(step); repeat the command to resume \(path)")
    return 128 + signal
  }
}

func isIntact(_ path: String) throws -> Bool {
  let verification = try Verification(of: path)
  for (path, step) in verification.alternatives { print("\(path) of step \(step) is intact") }
  return verification.isGood
}
