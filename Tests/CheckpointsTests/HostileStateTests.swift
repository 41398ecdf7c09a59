import Checkpoints
import HDF5
import ModelFiles
import TestSupport
import Testing

/// States that no run can have been in: each is an error that names the object, never a trap.
@Suite("A hostile state of a run")
struct HostileStateTests {
  /// What is put in the place of one dataset of a state that is otherwise sound.
  private enum Replacement {
    case nothing
    case ints([Int64], shape: [Int])
    case doubles([Double], shape: [Int])
    case seeds([UInt64], shape: [Int])
    case text(String)
    case group
  }

  private static let cases: [(object: String, Replacement, message: String)] = [
    ("epoch", .ints([-1], shape: []), "'/training_state/epoch' is -1, which cannot be a count"),
    (
      "epoch", .ints([.max], shape: []),
      "'/training_state/epoch' is 9223372036854775807, which cannot be a count"
    ),
    ("epoch", .ints([], shape: [0]), "'/training_state/epoch' is empty"),
    ("epoch", .text("two"), "it is string, UTF-8, not integers"),
    ("epoch", .doubles([1.5], shape: []), "it is float64, not integers"),
    ("epoch", .seeds([.max], shape: []), "a value does not fit in int64"),
    ("epoch", .nothing, "there is no such object"),
    ("epoch", .group, "it is a group, not a dataset"),
    (
      "step_in_epoch", .ints([.min], shape: []),
      "'/training_state/step_in_epoch' is -9223372036854775808, which cannot be a count"
    ),
    ("global_step", .ints([-5], shape: [1]), "'/training_state/global_step' is -5"),
    ("rng/seed", .ints([-1], shape: []), "a value does not fit in uint64"),
    ("rng/layers", .seeds([1, 2, 3], shape: [3]), "'/training_state/rng/layers' is not pairs"),
    (
      "dataset/position", .ints([1], shape: [1]),
      "'/training_state/dataset/position' does not have two elements"
    ),
    (
      "dataset/position", .ints([0, -1], shape: [2]),
      "'/training_state/dataset/position' is -1, which cannot be a count"
    ),
    ("dataset/sha256", .ints([1], shape: []), "it is int64, not strings"),
    (
      "accumulators/loss", .doubles([1, 2, 3], shape: [3]),
      "'/training_state/accumulators/loss' does not have two elements"
    ),
    (
      "accumulators/loss", .doubles([.nan, 2], shape: [2]),
      "'/training_state/accumulators/loss' is nan over 2.0, which cannot be a mean"
    ),
    (
      "accumulators/loss", .doubles([1, -.infinity], shape: [2]),
      "'/training_state/accumulators/loss' is 1.0 over -inf, which cannot be a mean"
    ),
    (
      "accumulators/accuracy", .ints([3, 2], shape: [2]),
      "'/training_state/accumulators/accuracy' is 3 of 2, which cannot be a share"
    ),
    (
      "accumulators/accuracy", .ints([-3, 2], shape: [2]),
      "'/training_state/accumulators/accuracy' is -3, which cannot be a count"
    ),
    (
      "history/loss", .doubles([1, 2], shape: [2]),
      "'/training_state/history/loss' has 2 values for 1 epochs"
    ),
    ("history/loss", .text("low"), "it is string, UTF-8, not numbers"),
    (
      "metrics/loss/total", .doubles([.infinity], shape: [1]),
      "'/training_state/metrics/loss/total' holds a value that is not finite"
    ),
    ("metrics/loss/total", .text("low"), "it is string, UTF-8, not numbers"),
    ("metrics/loss", .doubles([1], shape: [1]), "it is a dataset, not a group"),
    ("metrics", .ints([1], shape: [1]), "it is a dataset, not a group"),
    ("values_json", .text("[1]"), "'/training_state/values_json' is not an object"),
    ("values_json", .text("{"), "'/training_state/values_json' is not JSON"),
    (
      "optimizer_iterations", .ints([-1], shape: []),
      "'/training_state/optimizer_iterations' is -1, which cannot be a count"
    ),
    ("config_json", .text("{"), "'/training_state/config_json' is not JSON"),
    ("config_json", .text("[1]"), "'/training_state/config_json' is not an object"),
    (
      "config_json", .text(String(repeating: "[", count: 100_000)),
      "'/training_state/config_json' is not JSON"
    ),
    ("config_json", .ints([1], shape: []), "it is int64, not strings"),
    ("environment/epoch_seconds", .text("long"), "it is string, UTF-8, not numbers"),
  ]

  @Test("An impossible object is named, with what is wrong", arguments: cases.indices)
  func refused(index: Int) throws {
    let (object, replacement, message) = Self.cases[index]
    try withTemporaryDirectory { directory in
      let path = "\(directory)/c.h5"
      try write(to: path, replacing: object, by: replacement)
      #expect(throws: CheckpointError.self) { try CheckpointFile(opening: path).trainingState() }
      let found = CheckpointsTests.message { try CheckpointFile(opening: path).trainingState() }
      #expect(found.contains(message), "\(found)")
      #expect(found.contains("/training_state/\(object)"), "\(found)")
    }
  }

  @Test("A name that is too long is not repeated")
  func longName() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/c.h5"
      let name = "history/" + String(repeating: "x", count: 1 << 14 + 1)
      try write(to: path, replacing: name, by: .doubles([0.5], shape: [1]))
      #expect(
        message { try CheckpointFile(opening: path).trainingState() }
          == "Cannot use '\(path)': '/training_state/history' has a member that is not opened: its "
          + "name is longer than 16384 bytes")
    }
  }

  @Test("The state that the others are made from is sound")
  func sound() throws {
    try withTemporaryDirectory { directory in
      try write(to: "\(directory)/c.h5", replacing: "", by: .nothing)
      let state = try #require(try CheckpointFile(opening: "\(directory)/c.h5").trainingState())
      #expect(state.epoch == 1)
      #expect(state.history == ["loss": [0.5]])
    }
  }

  @Test("A state of a newer version is refused")
  func version() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/c.h5"
      try writeFile(to: path) { root throws(HDF5Error) in
        try root.createGroup("training_state").setAttribute("format_version", .int(9))
      }
      #expect(throws: CheckpointError.unsupportedVersion(path: path, found: 9)) {
        try CheckpointFile(opening: path).trainingState()
      }
    }
  }

  private func write(
    to path: String, replacing object: String, by replacement: Replacement
  ) throws {
    let sound: [(String, Replacement)] = [
      ("epoch", .ints([1], shape: [])), ("step_in_epoch", .ints([2], shape: [])),
      ("global_step", .ints([12], shape: [])), ("rng/seed", .seeds([.max], shape: [])),
      ("rng/layers", .seeds([1, 2, 3, 4], shape: [2, 2])),
      ("dataset/position", .ints([1, 2], shape: [2])), ("dataset/sha256", .text("ab")),
      ("accumulators/loss", .doubles([1, 2], shape: [2])),
      ("accumulators/accuracy", .ints([1, 2], shape: [2])),
      ("history/loss", .doubles([0.5], shape: [1])), ("config_json", .text("{}")),
      ("environment/epoch_seconds", .doubles([3], shape: [1])),
    ]
    let isAdded = !sound.contains { $0.0 == object } && object != ""
    try writeFile(to: path) { root throws(HDF5Error) in
      let group = try root.createGroup("training_state")
      for (name, value) in sound + (isAdded ? [(object, replacement)] : []) {
        switch name == object ? replacement : value {
        case .nothing: break
        case .ints(let values, let shape): try group.write(values, shape: shape, to: name)
        case .doubles(let values, let shape): try group.write(values, shape: shape, to: name)
        case .seeds(let values, let shape): try group.write(values, shape: shape, to: name)
        case .text(let text): try group.write(text, to: name)
        case .group: try group.createGroup(name)
        }
      }
    }
  }
}
