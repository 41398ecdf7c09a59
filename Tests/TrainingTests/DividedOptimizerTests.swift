import JSON
import RankSupport
import Ranks
import TestSupport
import Testing
import Training

@Suite("Optimizers that several processes divide", .timeLimit(.minutes(30)))
struct DividedOptimizerTests {
  /// Trains a model with large kernels in so many processes for 6 steps, and returns the content of
  /// every checkpoint that is kept, by the name of its file.
  private func train(
    _ optimizer: OptimizerName? = nil, _ optimizerOptions: JSON.Object = [:], processes: Int,
    saveEvery: SaveInterval = .epochs(1)
  ) throws -> [String: Content] {
    try withTemporaryDirectory { directory in
      var options = TrainingTests.options(in: directory)
      options.model = .named(.vgg)
      options.batchSize = 16
      options.shards = 4
      options.optimizer = optimizer
      options.optimizerOptions = optimizerOptions
      options.saveEvery = saveEvery
      options.keep = 6
      let (train, test) = try (pictures(38), pictures(130, seed: 7))
      _ = try ThreadJob.run(processes) { [options] ranks in
        try Trainer(
          options: options, data: data(train: train, test: test), communicator: ranks
        ).run()
      }
      let names = ["ckpt.h5"] + (1...6).map { "ckpt.step-0000000\($0).h5" }
      return names.reduce(into: [:]) { $0[$1] = try? Content("\(directory)/\($1)") }
    }
  }

  @Test("Every optimizer gives the same bits", arguments: OptimizerName.allCases)
  func optimizers(name: OptimizerName) throws {
    #expect(try train(name, processes: 2)["ckpt.h5"] == train(name, processes: 1)["ckpt.h5"])
  }

  @Test(
    "So do options that change each element alone, and those that need all elements",
    arguments: [
      ["weight_decay": .number(0.01)], ["clipvalue": .number(0.001)], ["amsgrad": .bool(true)],
      ["clipnorm": .number(0.01)], ["global_clipnorm": .number(0.01)], ["use_ema": .bool(true)],
      ["gradient_accumulation_steps": .integer(2)],
    ] as [JSON.Object])
  func options(options: JSON.Object) throws {
    let alone = try #require(train(nil, options, processes: 1)["ckpt.h5"])
    #expect(try train(nil, options, processes: 4)["ckpt.h5"] == alone)
    #expect(try train(processes: 1)["ckpt.h5"] != alone)
  }

  @Test("Saves between the ends of epochs have the state of all processes")
  func saves() throws {
    let alone = try train(processes: 1, saveEvery: .steps(1))
    let divided = try train(processes: 2, saveEvery: .steps(1))
    // While a save is in progress, the next one waits, so some steps may be left out.
    let both = Set(alone.keys).intersection(divided.keys)
    #expect(both.count > 2)
    for name in both { #expect(divided[name] == alone[name]) }
  }
}
