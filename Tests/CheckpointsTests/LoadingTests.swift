import CheckpointStore
import Checkpoints
import HDF5
import ModelFiles
import NeuralNetwork
import Tensors
import TestSupport
import Testing

@Suite("Loading weights")
struct LoadingTests {
  // How long it takes is measured by `tools/bench/bench --only load`.
  @Test("Nothing of the optimizer's is read")
  func optimizerUntouched() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/c.h5"
      let model = Sequential([
        Conv2D(32, 3, activation: .relu), Flatten(), Dense(128, activation: .relu), Dense(10),
      ])
      model.build(inputShape: [28, 28, 1])
      let optimizer = Adam()
      optimizer.build(for: model.trainableVariables)
      try Checkpoint(model: model, optimizer: optimizer, state: state(of: model, step: 1))
        .save(to: path)

      // Whoever reads a piece of a sealed file that has changed gets an error.
      var bytes = try readBytes(path)
      do {
        let file = try CheckpointFile(opening: path)
        for slot in 2..<14 {
          let places = try file.file.dataset(at: "optimizer/vars/\(slot)").places()
          for place in places where place.count >= Seal.pieceSize {
            for start in stride(from: place.lowerBound, to: place.upperBound, by: Seal.pieceSize) {
              bytes[start] ^= 1
            }
          }
        }
      }
      try writeBytes(bytes, to: path)
      try CheckpointFile(opening: path).loadWeights(into: model)
      #expect(
        message { try CheckpointFile(opening: path).loadOptimizer(into: optimizer, for: model) }
          .contains("do not match the seal"))
    }
  }
}
