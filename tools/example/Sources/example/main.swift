// A program that uses Cairn as a library: `swift run -c release example FOLDER`
//
// It trains a model on arrays, stops half-way, resumes, evaluates, and exports the model. The
// library prints nothing; messages are values that the program prints as it likes.

import Cairn
import Glibc  // for exit

let folder = CommandLine.arguments.dropFirst().first ?? "."
do {
  let training = try figures(lightness: [90, 130, 170, 210, 250])
  let test = try figures(lightness: [110, 230])

  // Half of the epochs. The file then holds the complete run: weights, optimizer, history and the
  // position in the data.
  _ = try train(on: training, epochs: 10, saveTo: "\(folder)/figures.h5")

  // The same call with more epochs resumes from the file, in this process or in another one, with
  // the results of a run that was never stopped, bit for bit.
  let model = try train(on: training, epochs: 20, saveTo: "\(folder)/figures.h5")
  let uninterrupted = try train(on: training, epochs: 20, saveTo: "\(folder)/uninterrupted.h5")
  let logits = model.predict(test.images)  // [48, 3]
  check("the uninterrupted run", logits == uninterrupted.predict(test.images))

  model.compile(
    optimizer: Adam(), loss: SparseCategoricalCrossentropy(fromLogits: true), metrics: [.accuracy])
  let results = model.evaluate(Dataset(test).batch(16))
  print("Test loss \(results["loss"] ?? 0), test accuracy \(results["accuracy"] ?? 0)")
  check("the accuracy", results["accuracy"] ?? 0 > 0.9)

  // The model with the names of its classes, for Cairn's programs, Keras and others.
  let pictures = PictureConfig(classNames: Figure.allCases.map { "\($0)" })
  for name in ["model.keras", "model.safetensors"] {
    try Checkpoint(model: model, pictures: pictures).save(to: "\(folder)/\(name)")
    let loaded = try CheckpointFile(opening: "\(folder)/\(name)")
    check(name, try loaded.loadModel().predict(test.images) == logits)
    check("the class names", try loaded.pictureConfig()?.classNames == pictures.classNames)
  }

  // A file can also be converted without the code of its model.
  let onnx = try Conversion(
    of: "\(folder)/model.keras", to: "\(folder)/model.onnx", as: .onnx, replacing: true)
  print("\(onnx.path): \(onnx.layers) layers, \(onnx.parameters) parameters, \(onnx.size) bytes")
  check("the parameters", onnx.parameters == model.variables.reduce(0) { $0 + $1.value.count })
} catch TrainingError.stopped(let signal, let step, let path) {
  print("\(path): stopped after step \(step); the same command resumes")
  exit(128 + signal)
} catch {
  print("example: error: \(error)")  // errors of Cairn are sentences
  exit(1)
}

/// A bar in a row or in a column of a picture, or both.
enum Figure: UInt16, CaseIterable {
  case row, column, cross
}

/// Pictures of 8 × 8 gray pixels, one for each figure, position and lightness.
func figures(lightness: [UInt8]) throws -> ImageSet {
  var pixels: [UInt8] = []
  var classes: [UInt16] = []
  for light in lightness {
    for position in 0..<8 {
      for figure in Figure.allCases {
        for (y, x) in (0..<64).map({ ($0 / 8, $0 % 8) }) {
          let isLit = figure != .column && y == position || figure != .row && x == position
          pixels.append(isLit ? light : 0)
        }
        classes.append(figure.rawValue)
      }
    }
  }
  return try ImageSet(pixels: pixels, classes: classes, height: 8, width: 8)
}

/// The names of the properties are the names of the layers in files.
final class FigureModel: Model {
  let convolution = Conv2D(8, 3, activation: .relu)
  let flatten = Flatten()
  let dense = Dense(Figure.allCases.count)

  override func call(_ x: Tensor, training: Bool) -> Tensor {
    dense(flatten(convolution(x)))  // [batch, 8, 8, 1] → [batch, 3] logits
  }
}

/// Trains a new model, or the one in the checkpoint further, until `epochs` epochs are complete.
func train(on images: ImageSet, epochs: Int, saveTo path: String) throws -> Model {
  let batches = Dataset(images).shuffle(bufferSize: images.count, seed: 1).batch(16)
  let model = FigureModel()
  model.seed = 1
  let optimizer = Adam(learningRate: 0.01)
  let crossEntropy = SparseCategoricalCrossentropy(fromLogits: true)
  let loss = Mean(name: "loss")
  let run = try TrainingRun(
    model, optimizer, batches, metrics: [loss], saveTo: path, signals: StopSignals()
  ) { event in
    switch event {
    case .resumed(let path, let epoch, _, _): print("\(path): resumed after epoch \(epoch)")
    case .saved(let path, let step, _): print("\(path): saved at step \(step)")
    case .saveFailed(let error, _, _): print(error)
    default: break
    }
  }
  while let epoch = try run.nextEpoch(of: epochs) {
    while let (images, labels) = try run.nextBatch() {
      let batchLoss = withGradientTape { crossEntropy(labels, model(images, training: true)) }
      optimizer.apply(batchLoss.gradients(), to: model.trainableVariables)
      loss.update(batchLoss)
    }
    print("Epoch \(epoch), loss \(loss.result)")
  }
  return model
}

/// Ends the program with a status other than 0 if something differs.
func check(_ description: String, _ holds: Bool) {
  guard !holds else { return }
  print("example: error: \(description) differs")
  exit(1)
}
