import Checkpoints
import HDF5
import ModelFiles
import NeuralNetwork
import Tensors
import TestSupport
import Testing

@Suite("Checkpoints that do not match")
struct MismatchTests {
  @Test("All differences are in one message, and nothing is changed")
  func all() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/c.h5"
      let saved = Sequential([
        Flatten(), Dense(5, useBias: false), Dense(3), Dense(2), Activation(.relu),
      ])
      saved.build(inputShape: [8, 8, 1])
      let savedOptimizer = SGD(momentum: 0.9)
      train(saved, savedOptimizer, steps: 0..<0)
      try Checkpoint(model: saved, optimizer: savedOptimizer, state: state(of: saved))
        .save(to: path)

      // The second bias fits, and must stay as it is all the same.
      let model = Sequential([Flatten(), Dense(6), Dense(3), Dense(4)])
      model.build(inputShape: [8, 8, 1])
      let optimizer = SGD(momentum: 0.9)
      train(model, optimizer, steps: 0..<2)
      let before = Bits(model, optimizer)
      let weights = """
          - dense/kernel has the shape [64, 6] in the model but [64, 5] in the file \
        (/layers/dense/vars/0)
          - dense/bias is missing from the file (/layers/dense/vars/1)
          - dense_1/kernel has the shape [6, 3] in the model but [5, 3] in the file \
        (/layers/dense_1/vars/0)
          - dense_2/kernel has the shape [3, 4] in the model but [3, 2] in the file \
        (/layers/dense_2/vars/0)
          - dense_2/bias has the shape [4] in the model but [2] in the file (/layers/dense_2/vars/1)
        """
      #expect(
        message { try CheckpointFile(opening: path).loadWeights(into: model) }
          == "'\(path)' does not match the model:\n\(weights)")
      #expect(Bits(model, optimizer) == before)
      #expect(
        message { try CheckpointFile(opening: path).restore(model, optimizer) } == """
          '\(path)' does not match the model:
          \(weights)
            - optimizer/momentum (2) has the shape [64, 6] in the model but [64, 5] in the file \
          (/optimizer/vars/2)
            - optimizer/momentum (3) has the shape [6] in the model but [5, 3] in the file \
          (/optimizer/vars/3)
            - optimizer/momentum (4) has the shape [6, 3] in the model but [3] in the file \
          (/optimizer/vars/4)
            - optimizer/momentum (5) has the shape [3] in the model but [3, 2] in the file \
          (/optimizer/vars/5)
            - optimizer/momentum (6) has the shape [3, 4] in the model but [2] in the file \
          (/optimizer/vars/6)
            and 1 more
          """)
      #expect(Bits(model, optimizer) == before)
    }
  }

  @Test("An extra layer in the file or in the model is named")
  func layers() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/c.h5"
      let small = Sequential([Flatten(), Dense(4)])
      let large = Sequential([Flatten(), Dense(4), Dense(2, useBias: false)])
      small.build(inputShape: [8, 8, 1])
      large.build(inputShape: [8, 8, 1])
      try Checkpoint(model: large).save(to: path)
      #expect(
        message { try CheckpointFile(opening: path).loadWeights(into: small) } == """
          '\(path)' does not match the model:
            - /layers/dense_1 is in the file but not in the model
          """)
      try Checkpoint(model: small).save(to: path)
      #expect(
        message { try CheckpointFile(opening: path).loadWeights(into: large) } == """
          '\(path)' does not match the model:
            - dense_1/kernel is missing from the file (/layers/dense_1/vars/0)
          """)
      let withBias = Sequential([Flatten(), Dense(4, useBias: false)])
      withBias.build(inputShape: [8, 8, 1])
      #expect(
        message { try CheckpointFile(opening: path).loadWeights(into: withBias) } == """
          '\(path)' does not match the model:
            - /layers/dense/vars/1 is in the file but not in the model
          """)
    }
  }

  @Test("Another optimizer is named, not its slots, and nothing is changed")
  func optimizer() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/c.h5"
      let (model, adam) = (makeModel(seed: 1), Adam())
      train(model, adam, steps: 0..<1)
      let loss = SparseCategoricalCrossentropy(fromLogits: true)
      try Checkpoint(model: model, optimizer: adam, loss: loss, state: state(of: model))
        .save(to: path)
      let (other, rmsprop) = (makeModel(seed: 2), RMSprop())
      train(other, rmsprop, steps: 0..<1)
      let before = Bits(other, rmsprop)
      #expect(
        message { try CheckpointFile(opening: path).restore(other, rmsprop) } == """
          '\(path)' does not match the model:
            - the optimizer is RMSprop in the model but Adam in the file
          """)
      #expect(Bits(other, rmsprop) == before)
      // The same class in another form differs in its slots.
      let amsgrad = Adam(amsgrad: true)
      #expect(
        message { try CheckpointFile(opening: path).restore(other, amsgrad) } == """
          '\(path)' does not match the model:
            - optimizer/velocity_hat (12) is missing from the file (/optimizer/vars/12)
            - optimizer/velocity_hat (13) is missing from the file (/optimizer/vars/13)
            - optimizer/velocity_hat (14) is missing from the file (/optimizer/vars/14)
            - optimizer/velocity_hat (15) is missing from the file (/optimizer/vars/15)
            - optimizer/velocity_hat (16) is missing from the file (/optimizer/vars/16)
          """)
      #expect(Bits(other, rmsprop) == before)
    }
  }

  @Test("Weights of a non-numeric type are named, and nothing is changed")
  func type() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/c.h5"
      try writeFile(to: path) { root throws(HDF5Error) in
        try root.write([1, 2, 3, 4] as [Float], shape: [2, 2], to: "layers/dense/vars/0")
        try root.write("weights", to: "layers/dense/vars/1")
      }
      let model = Sequential([Dense(2)])
      model.build(inputShape: [2])
      let before = Bits(model, SGD())
      #expect(
        message { try CheckpointFile(opening: path).loadWeights(into: model) } == """
          '\(path)' does not match the model:
            - dense/bias has the shape [2] in the model but [] in the file (/layers/dense/vars/1)
          """)
      let single = Sequential([Bias()])
      single.build(inputShape: [1])
      try writeFile(to: path) { root throws(HDF5Error) in
        try root.write("weights", to: "layers/bias/vars/0")
      }
      #expect(
        message { try CheckpointFile(opening: path).loadWeights(into: single) } == """
          '\(path)' does not match the model:
            - bias/bias holds string, UTF-8 in the file (/layers/bias/vars/0)
          """)
      #expect(Bits(model, SGD()) == before)
    }
  }

  @Test("A file of Keras contains no run of Cairn, but its weights are read")
  func keras() throws {
    let path = fixture("keras/tiny_seq_step5.weights.h5")
    let model = Sequential([
      Conv2D(4, 3, activation: .relu), Flatten(), Dense(8, activation: .relu), Dense(10),
    ])
    model.build(inputShape: [12, 12, 1])
    let before = Bits(model, Adam())
    #expect(
      message { try CheckpointFile(opening: path).restore(model, Adam()) } == """
        Cannot use '\(path)': '/' has no training state, so it cannot be resumed
        """)
    #expect(Bits(model, Adam()) == before)
    try CheckpointFile(opening: path).loadWeights(into: model)
    #expect(Bits(model, Adam()) != before)
  }

  @Test("A file of a newer version is refused, whatever else it holds")
  func version() throws {
    try withTemporaryDirectory { directory in
      try writeFile(to: "\(directory)/c.h5") { root throws(HDF5Error) in
        try root.setAttribute("checkpoint_format_version", .int(2))
      }
      #expect(
        message { try CheckpointFile(opening: "\(directory)/c.h5") } == """
          Cannot use '\(directory)/c.h5': it has version 2 of the checkpoint format, but this \
          program supports only versions up to 1
          """)
    }
  }
}

/// A layer with one number.
private final class Bias: Layer {
  override func weightSpecifications(inputShape: Shape) throws(ShapeError)
    -> [WeightSpecification]
  {
    [WeightSpecification("bias", shape: [], initializer: .zeros)]
  }

  override func call(_ x: Tensor, training: Bool) -> Tensor { x }
}
