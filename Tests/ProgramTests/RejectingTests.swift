import Checkpoints
import Foundation
import Images
import ModelFiles
import NeuralNetwork
import RunSupport
import Tensors
import TestSupport
import Testing

@Suite("Rejected pictures")
struct RejectingTests {
  /// Trains on pictures of three classes, and calls a function with the folder and the model.
  private func withModel(
    _ arguments: [String], _ body: (String, String) throws -> Void
  ) throws {
    try withTemporaryDirectory { folder in
      try writeCombinationData(in: folder)
      let trained = try run(
        "train",
        [
          "--save", "a.h5", "--data", "pictures", "--image-size", "12", "--val-split", "60",
          "--model", "mlp", "-b", "20", "--epochs", "4", "--calibrate",
        ] + arguments, in: folder)
      #expect(trained.code == 0, "\(trained.error)")
      #expect(
        trained.error.contains(
          /calibrated on 60 validation pictures: temperature [0-9.]+, calibration error [0-9.]+% ->/
        ))
      try body(folder, "a.h5")
    }
  }

  private func picture(of label: Int, in folder: String) -> String {
    let name = names(in: "\(folder)/pictures/class \(label)").min() ?? ""
    return "pictures/class \(label)/\(name)"
  }

  private func objects(_ result: ProgramResult) throws -> [[String: Any]] {
    try #require(
      try JSONSerialization.jsonObject(with: Data(result.outputBytes)) as? [[String: Any]])
  }

  @Test("A rejected class is trained, shown, kept by convert, and no answer")
  func rejectedClass() throws {
    try withModel(["--reject-class", "class 2"]) { folder, model in
      #expect(try run("inspect", [model], in: folder).output.contains("rejected   class 2"))
      let files = [0, 1, 2].map { picture(of: $0, in: folder) }
      let converted = try run(
        "convert", [model, "b.keras"], in: folder)
      #expect(converted.code == 0, "\(converted.error)")
      for model in [model, "b.keras"] {
        let result = try run("predict", files + ["-m", model], in: folder)
        #expect(result.code == 0, "\(result.error)")
        let lines = result.output.split(separator: "\n")
        try #require(lines.count == 3)
        #expect(lines[0].hasPrefix("\(files[0]): class 0  "))
        #expect(lines[1].hasPrefix("\(files[1]): class 1  "))
        #expect(lines[2] == "\(files[2]): ? (class 2)")
      }
      let json = try objects(run("predict", files + ["-m", model, "--json"], in: folder))
      #expect(json.map { $0["rejected"] as? Bool } == [false, false, true])
      #expect(json.map { $0["reason"] as? String } == [nil, nil, "rejected_class"])
      #expect(json.allSatisfy { $0["score"] is Double })
      #expect(json.allSatisfy { ($0["probabilities"] as? [Double])?.count == 3 })
      let strict = try run("predict", files + ["-m", model, "--fail-on-reject"], in: folder)
      #expect(strict.code == 1)
      let fine = try run("predict", [files[0], "-m", model, "--fail-on-reject"], in: folder)
      #expect(fine.code == 0)
      let all = try run(
        "predict", files + ["-m", model, "--accept", "--fail-on-reject"], in: folder)
      #expect(all.code == 0 && !all.output.contains("?"))
    }
  }

  @Test("A picture with a low score looks like a class")
  func lowScore() throws {
    try withModel(["--reject-rate", "0.9"]) { folder, model in
      let files = (0..<3).flatMap { label in
        names(in: "\(folder)/pictures/class \(label)").sorted().prefix(20).map {
          "pictures/class \(label)/\($0)"
        }
      }
      let result = try run("predict", files + ["-m", model], in: folder)
      let rejected = result.output.split(separator: "\n").filter {
        $0.contains(/: \? \(looks like class [0-2], [0-9]+%\)$/)
      }
      #expect((40...59).contains(rejected.count), "\(rejected.count) of 60")
      let json = try objects(run("predict", files + ["-m", model, "--json"], in: folder))
      #expect(json.count { $0["reason"] as? String == "low_score" } == rejected.count)
    }
  }

  @Test("Options that cannot be followed are refused")
  func refusals() throws {
    try withTemporaryDirectory { folder in
      try writeCombinationData(in: folder)
      let common = ["--save", "a.h5", "--data", "idx", "--model", "linear"]
      for (arguments, code, sentence) in [
        (["--calibrate"], 65, "held-out"),
        (["--val-split", "15", "--calibrate"], 65, "at least 20"),
        (["--reject-class", "none"], 65, "no class 'none'"),
        (["--reject-rate", "1"], 64, "--reject-rate"),
      ] as [([String], Int32, String)] {
        let result = try run("train", common + arguments, in: folder)
        #expect(result.code == code, "\(arguments): \(result.error)")
        #expect(result.error.contains(sentence), "\(arguments): \(result.error)")
      }
    }
  }
}

@Suite("Files with an impossible rejection")
struct HostileRejectionTests {
  @Test(
    "are refused by name, or ignored with a note",
    arguments: [
      (
        .init(classNames: [], rejection: .init(score: "energy", temperature: 0, threshold: 1)), 65
      ),
      (
        .init(classNames: [], rejection: .init(score: "energy", temperature: -1, threshold: 1)), 65
      ),
      (.init(classNames: ["a", "b"], rejectedClass: "c"), 65),
      (.init(classNames: [], rejectedClass: "c"), 65),
      (
        .init(classNames: [], rejection: .init(score: "entropy", temperature: 1, threshold: 1)), 0
      ),
      (.init(classNames: [], rejection: .init(score: "margin", temperature: 1, threshold: 1)), 0),
      // Names of another number of classes than the model has.
      (.init(classNames: ["a", "b"], rejectedClass: "b"), 0),
    ] as [(PictureConfig, Int32)])
  func files(config: PictureConfig, code: Int32) throws {
    try withTemporaryDirectory { folder in
      let model = Sequential([Flatten(), Dense(3)])
      model.build(inputShape: [4, 4, 1])
      try Checkpoint(model: model, pictures: config).save(to: "\(folder)/a.h5")
      try Image(width: 4, height: 4, format: .gray8, samples: [UInt16](repeating: 7, count: 16))
        .write(to: "\(folder)/a.png")
      let result = try run(
        "predict", ["a.png", "-m", "a.h5", "--preprocess", "none"], in: folder)
      #expect(result.code == code, "\(result.error)")
      if code == 65 { #expect(result.error.contains("is not a config of pictures")) }
      let isScore = config.rejection != nil && code == 0
      #expect(result.error.contains("which predict cannot compute") == isScore)
      #expect(try run("inspect", ["a.h5"], in: folder).code == code)
      #expect(try run("convert", ["a.h5", "b.keras"], in: folder).code == code)
    }
  }
}
