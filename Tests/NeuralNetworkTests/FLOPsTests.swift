import JSON
import NeuralNetwork
import TestSupport
import Testing

/// Floating-point operations, against `flops.json`.
@Suite("Floating-point operations of models")
struct FLOPsTests {
  private static let entries = (try? jsonFixture("flops.json"))?.array ?? []

  @Test("There are models") func isComplete() { #expect(Self.entries.count == 6) }

  @Test("Those of products are as many as TensorFlow counts", arguments: entries.indices)
  func products(index: Int) throws {
    let entry = Self.entries[index]
    let architecture = try Architecture(kerasConfig: try #require(entry["model"]))
    let counts = try #require(architecture.floatingPointOperations())
    #expect(counts.reduce(0) { $0 + $1.count } == entry["flops"]?.number)
  }

  @Test("They are not known if the size of the input is not")
  func open() throws {
    let json = try JSON(
      parsing: #"""
        {"class_name": "Sequential", "config": {"layers": [
          {"class_name": "InputLayer", "config": {"batch_shape": [null, null, null, 1]}},
          {"class_name": "Conv2D", "config": {"filters": 2, "kernel_size": [3, 3]}}]}}
        """#)
    #expect(try Architecture(kerasConfig: json).floatingPointOperations() == nil)
  }
}
