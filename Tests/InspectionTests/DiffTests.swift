import Checkpoints
import Console
import JSON
import NeuralNetwork
import Tensors
import TestSupport
import Testing

/// The output of `inspect A --diff B` to a pipe.
@Suite("inspect --diff")
struct DiffTests {
  /// The path of a file written by Keras.
  private static func keras(_ name: String) -> String {
    fixture(name, of: "CheckpointsTests")
  }

  private func size(_ path: String) throws -> String { Format.bytes(try readBytes(path).count) }

  @Test("A run equals itself, independent of time and machine")
  func same() throws {
    try withTemporaryDirectory { directory in
      try saveRun(to: "\(directory)/a.h5")
      try saveRun(to: "\(directory)/b.h5") { _, _, state in
        state.environment["threads"] = "4"
        state.epochSeconds[1] = 10
      }
      let result = try inspect("a.h5", "--diff", "b.h5", in: directory)
      #expect(
        result.output == """
          A a.h5: Cairn checkpoint (format 1), Keras 3.15.1, \(try size("\(directory)/a.h5"))
          B b.h5: Cairn checkpoint (format 1), Keras 3.15.1, \(try size("\(directory)/b.h5"))

          environment                         result     A     B
          ─────────────────────────────────────────────────────────
          training_state/epoch_seconds[1]     different  11.9  10.0
          training_state/environment/threads  different  2     4
          Differences in the environment (time, machine) are ignored.

          The files are the same; tensors: 20 equal; other facts: 31 equal.

          """)
      #expect(result.error == "")
      #expect(result.code == 0)
      let silent = try inspect(
        "a.h5", "--diff", "b.h5", "--ignore", "environment", in: directory)
      #expect(!silent.output.contains("threads"))
      #expect(silent.code == 0)
    }
  }

  @Test("Lists differences in the order of the model, with position and size")
  func different() throws {
    try withTemporaryDirectory { directory in
      try saveRun(to: "\(directory)/a.h5") { model, _, _ in
        model.variables[0].value = Tensor(repeating: 0.5, shape: [3, 3, 1, 2])
        model.variables[2].value = Tensor(repeating: 0.25, shape: [24, 4])
      }
      try saveRun(to: "\(directory)/b.h5", stepInEpoch: 432) { model, optimizer, state in
        var kernel = [Float](repeating: 0.5, count: 18)
        kernel[7] = 0.75
        model.variables[0].value = Tensor(kernel, shape: [3, 3, 1, 2])
        model.variables[2].value = Tensor(repeating: Float(0.25).nextUp, shape: [24, 4])
        optimizer.slots[5][1].value = Tensor([0, 2, 0])
        state.history["loss"] = [0.1361, 0.05]
        state.settings["batch_size"] = .integer(64)
      }
      let result = try inspect("a.h5", "--diff", "b.h5", in: directory)
      #expect(
        result.output.hasSuffix(
          """

          tensor                      result     differ  max |a-b|  rel. L2        max ULP  \
          first difference
          ──────────────────────────────────────────────────────────────────────────────────\
          ───────────────────────────
          conv1/kernel                different       1     0.2500   0.1140      4,194,304  \
          [1, 0, 0, 1]: 0.5 and 0.75
          d1/kernel                   close          96    3.0e-08  1.2e-07              1  \
          [0, 0]: 0.25 and 0.25000003
          optimizer/iteration         different       1      1.000  2.4e-04                 \
          4181 and 4182
          optimizer/d2/bias/velocity  different       1      2.000    1.000  1,073,741,824  \
          [1]: 0.0 and 2.0

          fact                                result     A        B
          ────────────────────────────────────────────────────────────
          training_state/step_in_epoch        different  431      432
          training_state/global_step          different  4181     4182
          training_state/settings/batch_size  different  32       64
          training_state/history/loss[1]      different  0.04567  0.05
          training_state/data/elements        different  431      432

          The files differ; tensors: 3 different, 1 close, 16 equal; other facts: 5 different, 26 \
          equal.

          """))
      #expect(result.code == 1)
      let narrow = try run(
        "inspect", ["a.h5", "--diff", "b.h5"],
        shell: "stty cols 80 && exec \"$@\"", environment: ["LC_ALL": "C.UTF-8"], in: directory,
        inTerminal: true)
      let plain = narrow.output.replacing(/\u{1B}\[[0-9;]*m/, with: "").replacing("\r", with: "")
      #expect(
        plain.contains(
          """
          tensor           result     differ  max |a-b|  rel. L2  max ULP  first differen…
          """), "\(plain)")
      #expect(plain.contains("…/bias/velocity  different       1      2.000    1.000  1.1e+09"))
      let ignoring = try inspect(
        "a.h5", "--diff", "b.h5", "--ignore", "training_state", "--ignore", "conv1", "--ignore",
        "optimizer", in: directory)
      #expect(
        ignoring.output.hasSuffix(
          """
          Note: all differences are close; with --rtol 1e-05, the files count as the same

          The files differ; tensors: 1 close, 3 equal; other facts: 4 equal.

          """))
      #expect(ignoring.code == 1)
      let close = try inspect(
        "a.h5", "--diff", "b.h5", "--ignore", "training_state", "--ignore", "conv1", "--ignore",
        "optimizer", "--rtol", "1e-6", in: directory)
      #expect(
        close.output.hasSuffix(
          "\nThe files are the same within the tolerance; tensors: 1 close, 3 equal; "
            + "other facts: 4 equal.\n"))
      #expect(close.code == 0)
    }
  }

  @Test(
    "A model equals itself in every Keras form, with its optimizer",
    arguments: [
      ("keras/tiny_seq_step5.weights.h5", "keras/tiny_seq_step5.h5"),
      ("keras/tiny_seq_step5.h5", "keras/tiny_seq_step5.keras"),
      ("keras/tiny_seq_step5.keras", "keras/tiny_seq_step5_sharded.weights.json"),
      ("keras/tiny_seq_step5.h5", "keras/tiny_sub_step5.weights.h5"),
      ("keras/tiny_sub_step5.weights.h5", "keras/tiny_seq_step5.weights.h5"),
      ("keras/tiny_fun_step5.h5", "keras/tiny_fun_step5.keras"),
      ("keras/tfkeras/seq_adam_step5.h5", "keras/tfkeras/seq_adam_step5.weights.h5"),
      ("forms/small.h5", "forms/small_big_endian.weights.h5"),
      ("forms/small.keras", "forms/small_filters.weights.h5"),
      ("forms/nested.h5", "forms/nested.keras"), ("forms/nested.weights.h5", "forms/nested.h5"),
      ("forms/equal.weights.h5", "forms/equal_nameless.weights.h5"),
    ])
  func forms(a: String, b: String) throws {
    for (first, second) in [(a, b), (b, a)] {
      let result = try inspect(DiffTests.keras(first), "--diff", DiffTests.keras(second), "--json")
      let json = try JSON(parsing: result.output)
      #expect(json["matched_by"] == .string("role"))
      let tensors = try #require(json["tensors"]?.array)
      #expect(tensors.count >= 6)
      #expect(tensors.allSatisfy { $0["status"] == .string("equal") })
      #expect(json["same"] == .bool(true))
      #expect(result.code == 0, "\(first) and \(second): \(result.error)")
    }
  }

  @Test("An axis of -1 equals the number of the last axis, in a list or alone")
  func lastAxis() throws {
    try withTemporaryDirectory { directory in
      for (name, axis) in [("a", -1), ("b", 3), ("c", 1)] {
        let model = Sequential([BatchNormalization(axis: axis, name: "batch_normalization")])
        model.build(inputShape: [4, 4, 4])
        try Checkpoint(model: model).save(to: "\(directory)/\(name).h5")
      }
      #expect(try inspect("a.h5", "--diff", "b.h5", in: directory).code == 0)
      let other = try inspect("a.h5", "--diff", "c.h5", in: directory)
      #expect(other.code == 1)
      #expect(other.output.contains("batch_normalization/axis"))
    }
  }

  @Test("Finds different values in every form", arguments: ["h5", "keras", "weights.h5"])
  func otherNumbers(form: String) throws {
    let result = try inspect(
      DiffTests.keras("keras/tiny_seq_step5.\(form)"), "--diff",
      DiffTests.keras("keras/tiny_seq_step10.weights.h5"), "--json")
    let json = try JSON(parsing: result.output)
    #expect(json["counts"]?["different"]?["tensors"] == .integer(19))
    // The learning rate.
    #expect(json["counts"]?["equal"]?["tensors"] == .integer(1))
    #expect(result.code == 1)
  }

  @Test("Lists the items that one file lacks, and can ignore them")
  func lacking() throws {
    try withTemporaryDirectory { directory in
      try saveRun(to: "\(directory)/a.h5")
      try saveWeights(to: "\(directory)/b.h5")
      let result = try inspect("b.h5", "--diff", "a.h5", in: directory)
      #expect(result.output.contains("optimizer/d1/kernel/velocity     only in B"))
      #expect(result.output.contains("training_state/global_step  only in B     4181"))
      #expect(
        result.output.contains(
          "Note: only one of the files has an optimizer; --ignore optimizer compares the rest\n"))
      #expect(
        result.output.contains(
          "Note: only one of the files has a training state; --ignore training_state compares"))
      #expect(result.code == 1)
    }
  }

  @Test("Models with the same weights and other options differ")
  func activation() throws {
    try withTemporaryDirectory { directory in
      let layers = [
        "a": Dense(2, activation: .relu, name: "d"), "b": Dense(2, activation: .tanh, name: "d"),
      ]
      for (name, layer) in layers {
        let model = Sequential([layer])
        model.build(inputShape: [2])
        model.variables[0].value = Tensor([1, 2, 3, 4], shape: [2, 2])
        try save(model, to: "\(directory)/\(name).h5")
      }
      let result = try inspect("a.h5", "--diff", "b.h5", in: directory)
      #expect(
        result.output.hasSuffix(
          """
          fact                result     A     B
          ─────────────────────────────────────────
          model/d/activation  different  relu  tanh

          The files differ; tensors: 2 equal; other facts: 1 different, 1 equal.

          """))
      #expect(result.code == 1)
    }
  }

  @Test("Shows both shapes of layers of different sizes")
  func shapes() throws {
    try withTemporaryDirectory { directory in
      for (name, units) in [("a", 4), ("b", 5)] {
        let model = Sequential([Dense(units, name: "d1"), Dense(2, name: "d2")])
        model.build(inputShape: [3])
        try save(model, to: "\(directory)/\(name).h5")
      }
      let output = try inspect("a.h5", "--diff", "b.h5", in: directory).output
      #expect(output.contains("(3, 4) and (3, 5)\n"))
      #expect(output.contains("(4,) and (5,)\n"))
      #expect(output.contains("(4, 2) and (5, 2)\n"))
      #expect(output.contains("tensors: 3 other shape, 1 equal"))
      #expect(output.contains("model/d1/units  different  4.0  5.0\n"))
    }
  }

  @Test("Reports items that cannot be compared as an error, not as a difference")
  func unreadable() throws {
    let result = try inspect("objects.h5", "--diff", "objects.h5")
    #expect(
      result.output.hasSuffix(
        """
        No differences were found, but some parts could not be compared; datasets: 1 unreadable, 7 \
        equal; other facts: 1 unreadable, 15 equal.

        """))
    #expect(
      result.error == """
        inspect: error: Cannot compare the attribute '/@matrix': its value is float64 of shape [2, \
        2]
        inspect: error: Cannot read '/data/table' in 'objects.h5': it is compound {a: float32, b: \
        int32}, not numbers, strings or bytes

        """)
    #expect(result.code == 65)
  }

  @Test("Every error about the second file has its exit code")
  func trouble() throws {
    let missing = try inspect("a.h5", "--diff", "nowhere.h5")
    #expect(
      missing.error == "inspect: error: Cannot open 'nowhere.h5': No such file or directory\n")
    #expect(missing.code == 66)
    let other = try inspect("a.h5", "--diff", "comparison.json")
    #expect(
      other.error
        == "inspect: error: Cannot open 'comparison.json': it is text, not an HDF5 file\n")
    #expect(other.code == 65)
    let wrong = try inspect("a.h5", "--diff", "b.h5", "--ignore", "optimiser")
    #expect(
      wrong.error == """
        inspect: error: Cannot ignore 'optimiser': neither file has a part of this name; did you \
        mean 'optimizer'?

        """)
    #expect(wrong.output == "")
    #expect(wrong.code == 64)
  }

  @Test("Prints differences in full to a pipe, in colour and in plain ASCII")
  func looks() throws {
    let plain = try inspect("a.h5", "--diff", "b.h5", locale: "C")
    #expect(plain.output.allSatisfy { $0.isASCII && ($0 == "\n" || $0 >= " ") })
    #expect(
      plain.output.contains(
        "[2]: nan (0x7fc00000) and 5.0; 5 differences with NaN or infinity\n"))
    let styled = try inspect("a.h5", "--diff", "b.h5", "--color", "always")
    #expect(styled.output.contains("\u{1B}[31mThe files differ\u{1B}[39m"))
    #expect(styled.output.contains("\u{1B}[31m/noisef2"))
    let same = try inspect("a.h5", "--diff", "a.h5", "--color", "always")
    #expect(same.output.contains("\u{1B}[32mThe files are the same\u{1B}[39m; datasets: 21 equal"))
  }
}
