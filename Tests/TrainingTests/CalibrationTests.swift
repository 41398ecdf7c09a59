import Checkpoints
import Datasets
import Foundation  // JSONDecoder
import Inference
import JSON
import ModelFiles
import NeuralNetwork
import TestSupport
import Testing

import Training

@Suite("Calibration")
struct CalibrationTests {
  private struct Golden: Decodable {
    struct Case: Decodable {
      let classes: Int
      let rejected: Int?
      let rate, temperature, before, after: Double
      let labels: [UInt16]
      let logits: [Float]
      let thresholds: [String: Double]
    }
    let cases: [Case]
  }

  @Test("Temperature, calibration error and thresholds are those of SciPy")
  func golden() throws {
    let golden = try JSONDecoder().decode(
      Golden.self, from: Data(contentsOf: URL(filePath: fixture("calibration.json"))))
    #expect(golden.cases.count == 5)
    for entry in golden.cases {
      for (name, threshold) in entry.thresholds {
        let score = try #require(RejectionScore.allCases.first { $0.rawValue == name })
        let calibration = try #require(
          Calibration(
            logits: entry.logits, labels: entry.labels, classCount: entry.classes,
            rejectedClass: entry.rejected, score: score,
            rejectRate: entry.rate))
        #expect(abs(calibration.temperature - entry.temperature) < 1e-5 * entry.temperature)
        #expect(abs(calibration.errorBefore - entry.before) < 1e-6)
        #expect(abs(calibration.errorAfter - entry.after) < 1e-6)
        #expect(abs(calibration.threshold - threshold) < 1e-4, "\(name)")
      }
    }
  }

  @Test("Extreme outputs are calibrated within the limits, or not at all")
  func extremes() {
    let labels = [UInt16](repeating: 1, count: 30)
    func temperature(_ logits: [Float]) -> Double? {
      Calibration(
        logits: labels.flatMap { _ in logits }, labels: labels, classCount: logits.count
      )?.temperature
    }
    #expect(temperature([0, 1]) == 0.25, "all right")
    #expect(temperature([1, 0]) == 20, "all wrong")
    #expect(temperature([1, 1]) != nil)
    #expect(temperature([3e38, -3e38]) == 20)
    #expect(temperature([.nan, 0]) == nil)
    #expect(temperature([.infinity, 0]) == nil)
    #expect(Calibration(logits: [], labels: [], classCount: 3) == nil)
    // Only pictures of the rejected class.
    #expect(Calibration(logits: [1, 2], labels: [1], classCount: 2, rejectedClass: 1) == nil)
  }

  private func data(_ names: [String]? = nil) throws -> LabeledImages {
    let images = try pictures(300)
    return LabeledImages(train: images, test: try pictures(50, seed: 2), classNames: names)
  }

  private func calibrated(in directory: String, _ name: String) -> RunOptions {
    var options = options(in: directory)
    options.savePath = "\(directory)/\(name).h5"
    options.recipe.validation = .count(60)
    options.recipe.calibrates = true
    return options
  }

  /// Runs to the end, or until the trainer has asked a number of times whether it is stopped.
  private static func run(
    _ options: RunOptions, _ data: LabeledImages, stoppingAfter limit: Int = .max
  ) throws {
    var count = 0
    let trainer = try Trainer(
      options: options, data: data,
      isStopped: {
        count += 1
        return count >= limit ? 15 : nil
      })
    _ = try trainer.run()
  }

  @Test(
    "A run that was interrupted after any step saves the calibration of an uninterrupted one",
    arguments: [false, true])
  func interruptions(restoresBest: Bool) throws {
    try withTemporaryDirectory { directory in
      let names = (0..<10).map { "\($0)" }
      func options(_ name: String) -> RunOptions {
        var options = calibrated(in: directory, name)
        options.epochs = 3
        options.batchSize = 60
        options.recipe.restoresBest = restoresBest
        options.optimizerOptions = ["use_ema": .bool(true), "ema_momentum": .number(0.9)]
        options.recipe.rejectedClass = "9"
        return options
      }
      let data = try data(names)
      try Self.run(options("whole"), data)
      let expected = try #require(
        try CheckpointFile(opening: options("whole").savePath).pictureConfig())
      #expect(expected.rejectedClass == "9" && expected.rejection?.score == "margin")
      for step in 1..<12 {
        let parts = options("parts \(step)")
        try Self.run(parts, data, stoppingAfter: step)
        try Self.run(parts, data)
        let config = try CheckpointFile(opening: parts.savePath).pictureConfig()
        #expect(config == expected, "after \(step)")
      }
    }
  }

  @Test("Within an epoch, a checkpoint has no calibration")
  func withinEpoch() throws {
    try withTemporaryDirectory { directory in
      var options = calibrated(in: directory, "a")
      options.batchSize = 60
      for limit in [2, 10] {
        try Self.run(options, try data(), stoppingAfter: limit)
        let file = try CheckpointFile(opening: options.savePath)
        #expect(try file.pictureConfig() == nil)
        #expect(try file.trainingState()?.stepInEpoch ?? 0 > 0)
      }
      let file = try CheckpointFile(opening: options.savePath)
      #expect(try file.trainingState()?.epoch == 1)
    }
  }

  @Test("The weights of the best epoch have their own calibration, not that of the last one")
  func best() throws {
    try withTemporaryDirectory { directory in
      var options = calibrated(in: directory, "a")
      options.epochs = 6
      options.batchSize = 20
      options.recipe.monitor = .validationAccuracy
      options.recipe.restoresBest = true
      options.bestPath = "\(directory)/best.h5"
      try Self.run(options, try data())
      let file = try CheckpointFile(opening: options.savePath)
      let best = try #require(try file.trainingState()?.restoredEpoch)
      #expect(best < 6)
      let config = try #require(try file.pictureConfig()?.rejection)
      #expect(
        try CheckpointFile(opening: "\(directory)/best.h5").pictureConfig()?.rejection == config)
    }
  }

  @Test("Runs that cannot be calibrated or have no such class are refused")
  func refusals() throws {
    try withTemporaryDirectory { directory in
      func problem(_ change: (inout RunOptions) -> Void) -> RecipeProblem? {
        var options = calibrated(in: directory, "a")
        change(&options)
        do {
          _ = try Trainer(options: options, data: try data()).run()
        } catch TrainingError.recipe(let problem) {
          return problem
        } catch {}
        return nil
      }
      #expect(problem { $0.recipe.validation = nil } == .calibrationOnTestData)
      #expect(problem { $0.recipe.validation = .count(19) } == .calibration(count: 19))
      #expect(problem { $0.recipe.rejectedClass = "none" } == .unknownClass("none"))
      for problem in [
        RecipeProblem.calibrationOnTestData, .calibration(count: 3), .onlyRejectedClass("a"),
      ] {
        #expect(problem.description.contains("calibration") || problem.description.contains("'a'"))
      }
    }
  }
}
