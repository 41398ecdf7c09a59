import NeuralNetwork
import Testing

import Training

@Suite("Optimizer names")
struct OptimizerNameTests {
  @Test("Every optimizer of the registry has a name, and keeps it in a run's settings")
  func registered() throws {
    for type in KerasRegistry.optimizers {
      let name = try #require(OptimizerName(rawValue: type.className.lowercased()))
      let optimizer = try name.makeOptimizer()
      #expect(Swift.type(of: optimizer) == type)
      #expect(OptimizerSettings(of: optimizer)?.name == name)
    }
  }

  @Test("Names that are in checkpoints keep their meaning")
  func names() throws {
    let names = [
      "sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw", "adamax", "nadam", "adagrad",
      "adadelta",
    ]
    #expect(OptimizerName.allCases.map(\.rawValue).sorted() == names.sorted())
    let nesterov = try #require(
      try OptimizerName(rawValue: "nesterov")?.makeOptimizer() as? SGD)
    #expect(nesterov.momentum == 0.9 && nesterov.nesterov)
    #expect(OptimizerSettings(of: nesterov)?.name.rawValue == "nesterov")
    #expect(OptimizerSettings(of: SGD(momentum: 0.9))?.name.rawValue == "momentum")
    #expect(OptimizerSettings(of: SGD())?.name.rawValue == "sgd")
    #expect(OptimizerName(rawValue: "Adam") == nil)
  }
}
