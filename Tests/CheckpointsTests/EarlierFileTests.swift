import CheckpointStore
import Checkpoints
import ModelFiles
import NeuralNetwork
import Tensors
import TestSupport
import Testing

/// The files in `Fixtures/earlier` were written by an earlier version: see
/// `tools/fixtures/earlier.swift`.
@Suite("Files of earlier versions")
struct EarlierFileTests {
  @Test("A run is restored and resumes with the same bits", arguments: ["adam", "rmsprop"])
  func resumes(name: String) throws {
    let (model, optimizer) = try restored("\(name)_step3.h5", step: 3)
    train(model, optimizer, steps: 3..<6)
    let (expectedModel, expectedOptimizer) = try restored("\(name)_step6.h5", step: 6)
    #expect(Bits(model, optimizer) == Bits(expectedModel, expectedOptimizer))

    try withTemporaryDirectory { directory in
      let path = "\(directory)/step6.h5"
      var state = state(of: model, step: 6)
      (state.seed, state.runID) = (7, name)
      try Checkpoint(
        model: model, optimizer: optimizer, loss: SparseCategoricalCrossentropy(fromLogits: true),
        state: state
      ).save(to: path)
      let file = try CheckpointFile(opening: path)
      let copy = try file.loadModel()
      #expect(copy.variables.map(\.value.scalars) == expectedModel.variables.map(\.value.scalars))
    }
  }

  /// The model and the optimizer of a file, as the file describes them.
  private func restored(_ name: String, step: Int) throws -> (GraphModel, Optimizer) {
    let file = try CheckpointFile(opening: fixture("earlier/\(name)"))
    #expect(file.seal == .sealed(step: step))
    let model = try file.loadModel()
    let optimizer = try #require(try file.optimizer())
    #expect(try file.restore(model, optimizer).globalStep == step)
    return (model, optimizer)
  }
}
