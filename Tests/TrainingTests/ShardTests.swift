import Checkpoints
import JSON
import RankSupport
import Ranks
import TestSupport
import Testing
import Training

@Suite("Shards and processes", .timeLimit(.minutes(30)))
struct ShardTests {
  /// The options of a run with shards, whose epochs end with a short batch.
  private func options(
    in directory: String, _ model: ModelName, shards: Int? = 8
  ) -> RunOptions {
    var options = TrainingTests.options(in: directory)
    options.model = .named(model)
    options.batchSize = 16
    options.shards = shards
    return options
  }

  /// Trains in so many processes.
  @discardableResult
  private func train(
    _ options: RunOptions, processes: Int, stoppingAfter patience: Int = .max
  ) throws -> [Outcome] {
    let (train, test) = try (pictures(38), pictures(130, seed: 7))
    return try ThreadJob.run(processes) { ranks in
      let recorder = Recorder()
      // The signal reaches the last process only.
      if ranks.rank == processes - 1 { recorder.patience = patience }
      let trainer = try Trainer(
        options: options, data: data(train: train, test: test), communicator: ranks,
        isStopped: recorder.signal, report: recorder.record)
      try trainer.compareRanks()
      return try trainer.run()
    }
  }

  @Test(
    "Every number of processes gives the same checkpoint",
    arguments: [ModelName.quickstart, .vgg])
  func sameCheckpoint(model: ModelName) throws {
    try withTemporaryDirectory { directory in
      try train(options(in: directory, model), processes: 1)
      let alone = try Content("\(directory)/ckpt.h5")
      #expect(alone.state.settings["shards"]?.integer == 8)
      for processes in [2, 4, 8] {
        try withTemporaryDirectory { directory in
          try train(options(in: directory, model), processes: processes)
          #expect(try Content("\(directory)/ckpt.h5") == alone)
        }
      }
    }
  }

  @Test("A run that is stopped and resumed with other numbers of processes gives the same bits")
  func resuming() throws {
    try withTemporaryDirectory { directory in
      try train(options(in: directory, .quickstart), processes: 1)
      let whole = try Content("\(directory)/ckpt.h5")
      try withTemporaryDirectory { directory in
        let options = options(in: directory, .quickstart)
        let first = try train(options, processes: 4, stoppingAfter: 1)
        #expect(first == [Outcome](repeating: .stopped(signal: 15, step: 2), count: 4))
        let second = try train(options, processes: 2, stoppingAfter: 1)
        // In the evaluation of the first epoch.
        #expect(second == [Outcome](repeating: .stopped(signal: 15, step: 3), count: 2))
        #expect(try train(options, processes: 1) == [.finished(step: 6)])
        #expect(try Content("\(directory)/ckpt.h5") == whole)
      }
    }
  }

  @Test("One shard is what there was before there were shards")
  func oneShard() throws {
    try withTemporaryDirectory { directory in
      try train(options(in: directory, .mlp, shards: 1), processes: 1)
      let one = try Content("\(directory)/ckpt.h5")
      #expect(one.state.settings["shards"] == nil)
      try withTemporaryDirectory { directory in
        try train(options(in: directory, .mlp, shards: nil), processes: 1)
        #expect(try Content("\(directory)/ckpt.h5") == one)
      }
      try withTemporaryDirectory { directory in
        try train(options(in: directory, .mlp, shards: 2), processes: 1)
        #expect(try Content("\(directory)/ckpt.h5") != one)
      }
    }
  }

  @Test("A run keeps its number of shards, which the number of processes must divide")
  func refusals() throws {
    try withTemporaryDirectory { directory in
      try train(options(in: directory, .mlp, shards: 2), processes: 1)
      #expect(throws: TrainingError.self) {
        try train(options(in: directory, .mlp, shards: 4), processes: 1)
      }
      var more = options(in: directory, .mlp, shards: nil)
      more.epochs = 3
      #expect(throws: TrainingError.recipe(.processes(4, shards: 2))) {
        try trainFirst(more, processes: 4)
      }
      #expect(try train(more, processes: 2) == [.finished(step: 9), .finished(step: 9)])
      var small = options(in: directory, .mlp, shards: 32)
      small.savePath = "\(directory)/small.h5"
      #expect(throws: TrainingError.recipe(.shards(32, batchSize: 16))) {
        try trainFirst(small, processes: 1)
      }
    }
  }

  /// Trains in the first of several processes, while the others learn that it fails.
  private func trainFirst(_ options: RunOptions, processes: Int) throws {
    let (train, test) = try (pictures(38), pictures(130, seed: 7))
    _ = try ThreadJob.run(processes) { ranks in
      do {
        _ = try Trainer(
          options: options, data: data(train: train, test: test), communicator: ranks
        ).run()
      } catch {
        if ranks.isFirst { _ = ranks.fail(.init("\(error)", status: 1)) }
        throw error
      }
    }
  }

  @Test("Processes with other data or settings are named by all processes")
  func differences() throws {
    let sets = try [pictures(38), pictures(38, seed: 2), pictures(130, seed: 7)]
    try withTemporaryDirectory { directory in
      func errors(_ seed: UInt64, data other: Int) throws -> [String] {
        try ThreadJob.run(2) { ranks in
          var options = options(in: directory, .mlp)
          if ranks.rank == 1 { options.seed = seed }
          let set = sets[ranks.rank == 1 ? other : 0]
          let trainer = try Trainer(
            options: options, data: data(train: set, test: sets[2]), communicator: ranks)
          do {
            try trainer.compareRanks()
            return ""
          } catch {
            return "\(error)"
          }
        }
      }
      let same = try errors(0, data: 0)
      #expect(same == ["", ""])
      let settings = "Rank 1 on host1 cannot take part: its seed is 5, but that of rank 0 is 0"
      #expect(try errors(5, data: 0) == [settings, settings])
      let other = "Rank 1 on host1 cannot take part: its data is not that of rank 0: "
      for text in try errors(0, data: 1) { #expect(text.hasPrefix(other)) }
    }
  }
}
