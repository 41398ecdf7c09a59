import JSON
import NeuralNetwork
import Tensors
import TestSupport
import Testing

/// Binary cross-entropies after a softmax, against `logits.json`.
@Suite("Losses from logits like Keras's")
struct LogitsTests {
  private static let models = (try? jsonFixture("logits.json"))?.object ?? [:]

  @Test("There are layers of every kind") func isComplete() { #expect(Self.models.count == 25) }

  @Test("Outputs remember their logits where those of Keras do", arguments: models.keys.sorted())
  func loss(name: String) throws {
    let entry = try #require(Self.models[name])
    let architecture = try Architecture(kerasConfig: try #require(entry["config"]))
    let model = architecture.makeModel()
    model.build(inputShape: architecture.inputShape)
    let weights = try #require(entry["weights"]?.array)
    #expect(model.variables.count == weights.count)
    for (variable, json) in zip(model.variables, weights) { variable.value = try tensor(json) }
    let (x, y) = (try tensor(entry["x"]), try tensor(entry["y"]))
    let loss = withGradientTape { BinaryCrossentropy()(y, model(x, training: true)) }
    let expected = try #require(entry["loss"]?.number)
    #expect(abs(Double(loss.scalar) - expected) < 1e-6 * max(1, expected))
    let last = try #require(model.trainableVariables.last)
    let gradient = try #require(loss.gradients()[last]).scalars
    for (own, theirs) in zip(gradient, try tensor(entry["gradient"]).scalars) {
      #expect(abs(own - theirs) < 2e-6)
    }
  }

  private func tensor(_ json: JSON?) throws -> Tensor {
    let shape = try #require(json?["shape"]?.array).compactMap(\.integer)
    let values = try #require(json?["values"]?.array).compactMap(\.number).map { Float($0) }
    return Tensor(values, shape: Shape(shape))
  }
}
