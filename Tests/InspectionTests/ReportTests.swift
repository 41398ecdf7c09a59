import Checkpoints
import HDF5
import Inspection
import JSON
import TestSupport
import Testing

@Suite("Report")
struct ReportTests {
  @Test(
    "Finds the layers in every Keras layout",
    arguments: [
      ("tiny_seq_step5.h5", FileKind.kerasModel, ["conv2d", "flatten", "dense", "dense_1"]),
      (
        "tiny_fun_step5.weights.h5", .kerasWeights,
        ["input_layer", "conv2d", "flatten", "dense", "dense_1"]
      ),
      ("tiny_sub_step5.weights.h5", .kerasWeights, ["conv1", "d1", "d2", "flatten"]),
      ("keras2_weights.h5", .kerasLegacyWeights, ["conv2d", "flatten", "dense", "dense_1"]),
    ])
  func layouts(name: String, kind: FileKind, layers: [String]) throws {
    let report = try Inspector(opening: fixture(name)).report
    let model = try #require(report.model)
    #expect(report.kind == kind)
    #expect(model.layers.map(\.name) == layers)
    // 3x3x1x4 + 4, 400x8 + 8, 8x10 + 10: the count of Keras.
    #expect(model.parameterCount == 3338)
    #expect(model.byteCount == 4 * 3338)
    #expect(
      model.variables.map { $0.name.split(separator: "/").last } == [
        "kernel", "bias", "kernel", "bias", "kernel", "bias",
      ])
    #expect(
      model.layers.filter { !$0.variables.isEmpty }.map(\.className) == [
        "Conv2D", "Dense", "Dense",
      ]
    )
    #expect(report.problems == [])
  }

  @Test(
    "Counts optimizer parameters separately, with iteration and learning rate",
    arguments: [
      "tiny_seq_step5.h5", "tiny_fun_step5.weights.h5", "tiny_sub_step5.weights.h5",
    ])
  func optimizer(name: String) throws {
    let optimizer = try #require(try Inspector(opening: fixture(name)).report.optimizer)
    #expect(optimizer.className == "Adam")
    #expect(optimizer.parameterCount == 2 * 3338 + 2)
    #expect(optimizer.byteCount == 4 * (2 * 3338 + 1) + 8)
    #expect(optimizer.iteration == 5)
    #expect(optimizer.learningRate == 0.001)
    #expect(optimizer.variables.count == 14)
  }

  @Test("Reads output shapes and optimizer options from the configs")
  func configurations() throws {
    let report = try Inspector(opening: fixture("tiny_seq_step5.h5")).report
    #expect(report.model?.inputShape == [12, 12, 1])
    #expect(report.model?.layers.map(\.outputShape) == [[10, 10, 4], [400], [8], [10]])
    #expect(report.optimizer?.options["beta_2"] == .number(0.999))
    #expect(report.kerasVersion == "3.15.1")
  }

  @Test("Names optimizer variables after the model's variables")
  func optimizerNames() throws {
    let variables = try Inspector(opening: fixture("tiny_sub_step5.weights.h5")).report
      .optimizer?.variables
    #expect(variables?.prefix(2).map(\.name) == ["optimizer/iteration", "optimizer/learning_rate"])
    #expect(variables?[4].name == "optimizer/conv1/bias/momentum")
    #expect(variables?[4].path == "/optimizer/vars/4")
    #expect(variables?[13].name == "optimizer/d2/bias/velocity")
  }

  @Test("Keeps the numbers of optimizer variables in an unknown order")
  func otherOptimizer() throws {
    try withTemporaryDirectory { directory in
      try writeFile("\(directory)/a.h5") { root in
        try root.write([1, 2] as [Float], shape: [1, 2], to: "layers/dense/vars/0")
        try root.write([1, 2] as [Float], shape: [2], to: "layers/dense/vars/1")
        try root.createGroup("optimizer/vars").setAttribute("name", .string("adam"))
        try root.write(Int64(1), to: "optimizer/vars/0")
        try root.write(Float(0.5), to: "optimizer/vars/1")
        // All variables of one slot, followed by those of the other.
        for (index, shape) in [[1, 2], [2], [1, 2], [2]].enumerated() {
          try root.write([3, 4] as [Float], shape: shape, to: "optimizer/vars/\(index + 2)")
        }
      }
      let optimizer = try #require(try Inspector(opening: "\(directory)/a.h5").report.optimizer)
      #expect(
        optimizer.variables.map(\.name) == [
          "optimizer/iteration", "optimizer/learning_rate", "optimizer/2", "optimizer/3",
          "optimizer/4", "optimizer/5",
        ])
    }
  }

  @Test("A run without an optimizer or with a damaged state cannot be resumed")
  func resumability() throws {
    #expect(
      try Inspector(opening: fixture("history.h5")).report.resumability
        == .no(.unreadableState))
    #expect(
      try Inspector(opening: fixture("objects.h5")).report.resumability
        == .no(.noModel))
    try withTemporaryDirectory { directory in
      try saveRun(to: "\(directory)/a.h5", stepInEpoch: 1)
      let report = try Inspector(opening: "\(directory)/a.h5").report
      #expect(report.resumability == .inEpoch(3, stepsDone: 1))
      #expect("\(report.resumability)" == "yes, in the middle of epoch 3, after 1 step")
    }
  }
}
