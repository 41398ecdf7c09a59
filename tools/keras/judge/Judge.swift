import Checkpoints
import Glibc
import HDF5
import ModelFiles
import NeuralNetwork
import Tensors

/// Runs models from files, so that what they compute can be compared with what Keras computes.
///
///     judge predict MODEL DATA OUT [WEIGHTS]
///     judge step MODEL DATA OUT [WEIGHTS]
///     judge random CONFIG SEED OUT
///
/// `predict` writes into OUT the dataset `y`, the model's output for `x` of DATA, and its weights
/// `w/0`, `w/1` and so on; `step` writes the model after a step with each of `x`, `y` of DATA.
/// MODEL is any file that a model can be loaded from; DATA and OUT are HDF5. The steps are taken
/// with the optimizer and the loss that MODEL names. WEIGHTS is another file, from which the
/// weights and the optimizer's state are taken. `random` writes a model with random weights, as
/// CONFIG, the JSON text of `model.to_json()`, describes it.
@main
struct Judge {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard [5, 6].contains(arguments.count),
      ["predict", "step", "random"].contains(arguments[1])
    else { throw Usage() }
    if arguments[1] == "random" {
      return try writeRandom(arguments[2], seed: UInt64(arguments[3]) ?? 0, to: arguments[4])
    }
    let file = try CheckpointFile(opening: arguments[2])
    let model: Model
    if arguments.count == 6 {
      let architecture = try file.architecture()
      model = architecture.makeModel()
      model.build(inputShape: architecture.inputShape)
      try CheckpointFile(opening: arguments[5]).loadWeights(into: model)
    } else {
      model = try file.loadModel()
    }
    let data = try File.open(arguments[3])
    if arguments[1] == "predict" {
      try write(model(try tensor("x", of: data)), model.variables, to: arguments[4])
    } else {
      let state = try CheckpointFile(opening: arguments.count == 6 ? arguments[5] : arguments[2])
      try train(model, as: file, from: state, with: data, savingTo: arguments[4])
    }
  }

  private static func train(
    _ model: Model, as file: borrowing CheckpointFile, from state: borrowing CheckpointFile,
    with data: borrowing File, savingTo path: String
  ) throws {
    guard let json = try file.compileConfig() else { throw Usage() }
    let compiled = try CompileConfig(kerasConfig: json)
    guard let optimizer = compiled.optimizer, let loss = compiled.loss else { throw Usage() }
    // A model that was not compiled has no state, and begins.
    if try state.storedOptimizer() != nil {
      try state.loadOptimizer(into: optimizer, for: model)
    }
    let (x, y) = (try tensor("x", of: data), try tensor("y", of: data))
    for step in 0..<x.shape[0] {
      let (batchX, batchY) = (batch(step, of: x), batch(step, of: y))
      let value = withGradientTape {
        let value = loss(batchY, model(batchX, training: true))
        return model.penalty.map { value + $0 } ?? value
      }
      optimizer.apply(value.gradients(), to: model.trainableVariables)
    }
    try Checkpoint(model: model, optimizer: optimizer, loss: loss, metrics: compiled.metrics)
      .save(to: path)
  }

  private static func writeRandom(_ config: String, seed: UInt64, to path: String) throws {
    let architecture = try Architecture(kerasConfig: ModelConfig(opening: config).json)
    let model = architecture.makeModel()
    model.build(inputShape: architecture.inputShape)
    var random = RandomStream(seed: seed, stream: 0)
    for variable in model.variables {
      // Variances are positive, and scales are not near 0.
      let isScale = ["gamma", "moving_variance", "variance"].contains(variable.name)
      let range: Range<Float> = isScale ? 0.5..<1.5 : -0.5..<0.5
      variable.value = Tensor(
        variable.isInteger
          ? variable.value.scalars
          : (0..<variable.shape.elementCount).map { _ in random.uniform(in: range) },
        shape: variable.shape)
    }
    try Checkpoint(model: model).save(to: path)
  }

  private static func batch(_ index: Int, of tensor: Tensor) -> Tensor {
    tensor[rows: index..<index + 1].reshaped(Shape(tensor.shape.dropFirst()))
  }

  private static func tensor(_ name: String, of file: borrowing File) throws -> Tensor {
    let dataset = try file.dataset(at: name)
    return Tensor(try dataset.read(as: Float.self), shape: Shape(dataset.shape))
  }

  private static func write(_ output: Tensor, _ variables: [Variable], to path: String) throws {
    let writer = try File.create()
    try writer.root.write(output.scalars, shape: output.shape.dimensions, to: "y")
    for (index, variable) in variables.enumerated() {
      let value = variable.value
      try writer.root.write(value.scalars, shape: value.shape.dimensions, to: "w/\(index)")
    }
    let image = try writer.finish()
    let bytes = unsafe image.withUnsafeBytes { unsafe Array($0) }
    guard let file = unsafe fopen(path, "wb"),
      unsafe fwrite(bytes, 1, bytes.count, file) == bytes.count,
      unsafe fclose(file) == 0
    else { throw Usage() }
  }
}

private struct Usage: Error, CustomStringConvertible {
  let description = "usage: judge predict|step MODEL DATA OUT [WEIGHTS]"
}
