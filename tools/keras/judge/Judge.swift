import Checkpoints
import Glibc
import HDF5
import NeuralNetwork
import Tensors

/// Runs models from files, so that what they compute can be compared with what Keras computes.
///
///     judge predict MODEL DATA OUT      OUT: the dataset `y`, the model's output for `x` of DATA
///     judge step MODEL DATA OUT         OUT: the model after a step with each of `x`, `y` of DATA
///
/// MODEL is any file that a model can be loaded from; DATA and OUT are HDF5. The steps are taken with
/// the optimizer, its state and the loss that the file names.
@main
struct Judge {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 5, ["predict", "step"].contains(arguments[1]) else {
      throw Usage()
    }
    let file = try CheckpointFile(opening: arguments[2])
    let model = try file.loadModel()
    let data = try File.open(arguments[3])
    if arguments[1] == "predict" {
      try write(model(try tensor("x", of: data)), to: arguments[4])
    } else {
      try train(model, file, data, savingTo: arguments[4])
    }
  }

  private static func train(
    _ model: Model, _ file: borrowing CheckpointFile, _ data: borrowing File,
    savingTo path: String
  ) throws {
    guard let json = try file.compileConfig() else { throw Usage() }
    let compiled = try CompileConfig(kerasConfig: json)
    guard let optimizer = compiled.optimizer, let loss = compiled.loss else { throw Usage() }
    try file.loadOptimizer(into: optimizer, for: model)
    let (x, y) = (try tensor("x", of: data), try tensor("y", of: data))
    for step in 0..<x.shape[0] {
      let (batchX, batchY) = (batch(step, of: x), batch(step, of: y))
      let value = withGradientTape { loss(batchY, model(batchX, training: true)) }
      optimizer.apply(value.gradients(), to: model.trainableVariables)
    }
    try Checkpoint(model: model, optimizer: optimizer, loss: loss, metrics: compiled.metrics)
      .save(to: path)
  }

  private static func batch(_ index: Int, of tensor: Tensor) -> Tensor {
    tensor[rows: index..<index + 1].reshaped(Shape(tensor.shape.dropFirst()))
  }

  private static func tensor(_ name: String, of file: borrowing File) throws -> Tensor {
    let dataset = try file.dataset(at: name)
    return Tensor(try dataset.read(as: Float.self), shape: Shape(dataset.shape))
  }

  private static func write(_ tensor: Tensor, to path: String) throws {
    let writer = try File.create()
    try writer.root.write(tensor.scalars, shape: tensor.shape.dimensions, to: "y")
    let image = try writer.finish()
    let bytes = image.withUnsafeBytes { Array($0) }
    guard let file = fopen(path, "wb"), fwrite(bytes, 1, bytes.count, file) == bytes.count,
      fclose(file) == 0
    else { throw Usage() }
  }
}

private struct Usage: Error, CustomStringConvertible {
  let description = "usage: judge predict|step MODEL DATA OUT"
}
