import Checkpoints
import HDF5
import JSON
import ModelFiles
import NeuralNetwork
import Tensors
import TestSupport
import Testing

/// Parts of a run that cannot be those of the models: each is an error that names the object, never
/// a trap, and nothing is changed.
@Suite("A hostile part of a run")
struct HostilePartTests {
  /// What is put in the place of one dataset of a part that is otherwise sound.
  private enum Replacement {
    case nothing
    case numbers([Double], shape: [Int])
    case integers([Int64])
    case text(String)
  }

  private static let cases: [(object: String, Replacement, message: String)] = [
    ("input_shape", .integers([]), "is []"),
    ("input_shape", .integers([-3]), "is [-3]"),
    ("input_shape", .integers([1 << 40]), "is [1099511627776]"),
    ("input_shape", .text("3"), "not integers"),
    ("layers", .text("Dense {}"), "has 'Dense {}', where the model has 'Dense {"),
    ("layers", .text(""), "has 0 layers, the model 2"),
    ("layers", .integers([1]), "not strings"),
    ("weights/1", .nothing, "has 1 members for 2 variables"),
    ("weights/1", .numbers([1, 2, 3], shape: [3]), "does not have the shape of 'bias', [2]"),
    ("weights/0", .numbers([1, 2, 3, 4, 5, .nan], shape: [3, 2]), "not finite"),
    ("rng", .integers([1]), "has 0 rows for 1 layers"),
    ("rng", .nothing, "there is no such object"),
    ("optimizer/iterations", .integers([-1]), "is [-1], which cannot be a count"),
    ("optimizer/iterations", .nothing, "there is no such object"),
    ("optimizer/learning_rate", .numbers([.infinity], shape: [1]), "is not a learning rate"),
    ("optimizer/slots/1", .numbers([1], shape: [1]), "does not have the shape of"),
  ]

  private func makePart() -> TrainingPart {
    TrainingPart(Sequential([Dense(2), Dropout(0.5)]), SGD(learningRate: 0.5, momentum: 0.9))
  }

  /// Writes a part by hand.
  private func write(
    to path: String, _ layers: String, replacing object: String, by replacement: Replacement
  ) throws {
    let sound: [(String, Replacement)] = [
      ("input_shape", .integers([3])), ("layers", .text(layers)),
      ("weights/0", .numbers([1, 2, 3, 4, 5, 6], shape: [3, 2])),
      ("weights/1", .numbers([7, 8], shape: [2])), ("rng", .integers([5, 6])),
      ("optimizer/iterations", .integers([9])),
      ("optimizer/learning_rate", .numbers([0.25], shape: [1])),
      ("optimizer/slots/0", .numbers([1, 1, 1, 1, 1, 1], shape: [3, 2])),
      ("optimizer/slots/1", .numbers([2, 2], shape: [2])),
    ]
    try writeFile(to: path) { root throws(HDF5Error) in
      let group = try root.createGroup("training_state/parts/other")
      for (name, value) in sound {
        switch name == object ? replacement : value {
        case .nothing: break
        case .numbers(let values, let shape): try group.write(values, shape: shape, to: name)
        case .integers(let values): try group.write(values, shape: [values.count], to: name)
        case .text(let text): try group.write(text, to: name)
        }
      }
    }
  }

  /// The text of the layers of a part, as the library writes it.
  private func layers(in directory: String) throws -> String {
    let (model, part) = (Sequential([Dense(1)]), makePart())
    model.build(inputShape: [1])
    part.model.build(inputShape: [3])
    let path = "\(directory)/written.h5"
    try Checkpoint(
      model: model, state: TrainingState(seed: 0, dataDigest: "", settings: [:]),
      parts: ["other": part]
    ).save(to: path)
    let file = try CheckpointFile(opening: path)
    return try file.dataset(at: "training_state/parts/other/layers").readStrings()[0]
  }

  @Test("An impossible object is named, with what is wrong")
  func refused() throws {
    try withTemporaryDirectory { directory in
      let layers = try layers(in: directory)
      for (object, replacement, message) in Self.cases {
        let path = "\(directory)/c.h5"
        try write(to: path, layers, replacing: object, by: replacement)
        let found = CheckpointsTests.message {
          _ = try CheckpointFile(opening: path).readParts(["other": makePart()])
        }
        #expect(found.contains(message), "\(object): \(found)")
        #expect(found.contains("/training_state/parts/other/"), "\(object): \(found)")
      }
    }
  }

  @Test("The part that the others are made from is sound")
  func sound() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/c.h5"
      try write(to: path, try layers(in: directory), replacing: "", by: .nothing)
      let part = makePart()
      let values = try CheckpointFile(opening: path).readParts(["other": part])
      #expect(part.optimizer?.iterations == 0)
      values.forEach { $0.apply() }
      #expect(part.model.variables.map(\.value.scalars) == [[1, 2, 3, 4, 5, 6], [7, 8]])
      #expect(part.model.seedGenerators.map(\.counter) == [6])
      #expect(part.optimizer?.iterations == 9 && part.optimizer?.learningRate == 0.25)
      #expect(part.optimizer?.slotsInKerasOrder.last?.value.scalars == [2, 2])
    }
  }
}
