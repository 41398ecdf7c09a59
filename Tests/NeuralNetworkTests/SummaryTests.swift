import NeuralNetwork
import Tensors
import TestSupport
import Testing

@Suite("Summary")
struct SummaryTests {
  private func quickstart() -> Sequential {
    Sequential([
      Conv2D(32, 3, activation: .relu), Flatten(), Dense(128, activation: .relu), Dense(10),
    ])
  }

  private func expected(_ name: String) throws -> String {
    String(decoding: try readBytes(fixture("summary/\(name).txt")), as: UTF8.self)
  }

  @Test("The quickstart's table is Keras's, character for character")
  func quickstartModel() throws {
    let model = quickstart()
    #expect(model.summary() == (try expected("unbuilt")))
    model.build(inputShape: [28, 28, 1])
    #expect(model.summary() == (try expected("quickstart")))
  }

  @Test(
    "The optimizer's parameters are counted once it has slots",
    arguments: [
      "adam", "adam_amsgrad", "rmsprop_centered_momentum", "sgd", "sgd_nesterov",
    ])
  func optimizers(name: String) throws {
    let optimizer: Optimizer =
      switch name {
      case "adam": Adam()
      case "adam_amsgrad": Adam(amsgrad: true)
      case "rmsprop_centered_momentum": RMSprop(momentum: 0.9, centered: true)
      case "sgd": SGD()
      default: SGD(momentum: 0.9, nesterov: true)
      }
    let model = quickstart()
    model.build(inputShape: [28, 28, 1])
    model.compile(optimizer: optimizer, loss: SparseCategoricalCrossentropy(fromLogits: true))
    #expect(model.summary() == (try expected("quickstart")))
    optimizer.build(for: model.trainableVariables)
    #expect(model.summary() == (try expected("quickstart_trained_\(name)")))
  }

  @Test("Long names are cut and frozen weights are counted apart")
  func varied() throws {
    let model = Sequential(
      [
        Conv2D(8, 5, padding: .same, useBias: false, name: "first_convolution"),
        Activation(.relu, name: "activation_of_the_first_convolution"),
        MaxPooling2D(name: "a_layer_whose_name_is_longer_than_its_column_by_far"),
        Dropout(0.25), Conv2D(16, Size2D(2, 3), strides: 2),
        MaxPooling2D(3, strides: 2, padding: .same), Flatten(), Dropout(0.5), Dense(1000),
        Dense(10, name: "answer"),
      ], name: "varied")
    model.build(inputShape: [28, 28, 3])
    #expect(model.summary() == (try expected("varied")))
    model.layers[0].weights.forEach { $0.isTrainable = false }
    #expect(model.summary() == (try expected("varied_frozen")))
  }

  @Test("A model of no layers has a table of no rows")
  func empty() throws {
    #expect(Sequential([], name: "empty").summary() == (try expected("empty")))
  }
}
