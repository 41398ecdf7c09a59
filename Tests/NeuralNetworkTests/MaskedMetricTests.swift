import JSON
import NeuralNetwork
import Tensors
import TestSupport
import Testing

/// Metrics of predictions with a mask, against `masks.json`.
@Suite("Metrics with masks like Keras's")
struct MaskedMetricTests {
  static let entries = (try? jsonFixture("masks.json"))?["metrics"]?.array ?? []

  @Test("There are cases of all kinds")
  func isComplete() { #expect(Self.entries.count == 9) }

  @Test("The result over two batches is Keras's", arguments: entries.indices)
  func result(index: Int) throws {
    let entry = Self.entries[index]
    func tensor(_ key: String) throws -> Tensor {
      let json = try #require(entry[key])
      let values = (json["values"]?.array ?? []).compactMap(\.number).map { Float($0) }
      return Tensor(values, shape: Shape((json["shape"]?.array ?? []).compactMap(\.integer)))
    }
    let metric = try Metrics.make(kerasConfig: entry)
    let (targets, predictions) = (try tensor("targets"), try tensor("predictions"))
    let mask = try tensor("mask")
    for rows in [0..<2, 2..<3] {
      metric.update(
        targets.slice(rows, axis: 0),
        predictions.slice(rows, axis: 0).withMask(mask.slice(rows, axis: 0)))
    }
    let expected = try #require(entry["result"]?.number)
    #expect(abs(metric.result - expected) < 1e-6, "\(entry["class_name"]?.string ?? "")")
  }
}
