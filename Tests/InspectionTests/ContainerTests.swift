import Inspection
import JSON
import TestSupport
import Testing

@Suite("inspect on archives and shards")
struct ContainerTests {
  @Test("Shows the model of an archive, and statistics of its weights")
  func archive() throws {
    let result = try inspect(keras("tiny_seq_step5.keras"))
    #expect(result.code == 0)
    #expect(result.output.contains("Keras archive, Keras 3.15.1"))
    #expect(result.output.contains("conv2d   Conv2D   (10, 10, 4)"))
    #expect(result.output.contains("iteration 5, learning rate 0.001"))
    let plain = try inspect(keras("tiny_seq_step5.weights.h5"), "--stats")
    let zipped = try inspect(keras("tiny_seq_step5.keras"), "--stats")
    #expect(zipped.output == plain.output)
  }

  @Test("Shows shards like a single file")
  func shards() throws {
    let result = try inspect(keras("tiny_seq_step5_sharded.weights.json"))
    #expect(result.code == 0)
    #expect(result.output.contains("Keras 3 weights in several files"))
    #expect(result.output.contains("Optimizer Adam: 6,678 parameters (26.09 KiB) in 14 variables"))
    let plain = try inspect(keras("tiny_seq_step5.weights.h5"), "--stats")
    let sharded = try inspect(keras("tiny_seq_step5_sharded.weights.json"), "--stats")
    #expect(sharded.output == plain.output)
    let raw = try inspect(keras("tiny_seq_step5_sharded.weights.json"), "--raw", "/optimizer/vars")
    #expect(raw.output.split(separator: "\n").count { $0.hasPrefix("/optimizer/vars/") } == 14)
  }

  @Test(
    "Shows each layer once, for all group names of Keras 2.12, Keras 2.13 and Windows",
    arguments: ["tree_2_13", "tree_windows", "tree_2_13_windows"])
  func oldTrees(name: String) throws {
    func layers(_ name: String) throws -> [String] {
      let report = try inspect(versions("\(name).keras"), "--json")
      let layers = try JSON(parsing: report.output)["model"]?["layers"]?.array ?? []
      return layers.map { "\($0["name"]?.string ?? "?") \($0["parameters"]?.integer ?? -1)" }
    }
    let expected = try layers("tree")
    #expect(expected.count > 2 && !expected.contains { $0.contains("?") })
    #expect(try layers(name) == expected)
  }

  @Test("Shows the slots of every optimizer by name", arguments: optimizers)
  func slots(name: String) throws {
    let result = try inspect(keras("optimizers/\(name)"), "--json")
    let names = (try JSON(parsing: result.output)["optimizer"]?["variables"]?.array ?? [])
      .compactMap { $0["name"]?.string }
    #expect(names.count > 1)
    #expect(
      names.allSatisfy { $0.split(separator: "/").last.flatMap { Int($0) } == nil }, "\(names)")
  }

  private static let optimizers = names(
    in: fixture(
      "keras/optimizers", of: "CheckpointsTests"
    )
  ).filter { $0.hasSuffix(".keras") }

  private func versions(_ name: String) -> String {
    fixture(
      "versions/\(name)",
      of: "CheckpointsTests")
  }

  private func keras(_ name: String) -> String {
    fixture(
      "keras/\(name)", of: "CheckpointsTests")
  }
}
