import Checkpoints
import Images
import JSON
import NeuralNetwork
import Tensors
import TestSupport
import Testing

/// What `inspect` says about classes, pictures, the recipe and the learning rate.
@Suite("inspect on a run with a recipe")
struct InspectRunTests {
  /// Writes six pictures of two classes.
  private func writePictures(_ names: [String], to folder: String) throws {
    mkdir(folder, 0o777)
    for (index, name) in names.enumerated() {
      mkdir("\(folder)/\(name)", 0o777)
      for number in 0..<3 {
        try Image(
          width: 12, height: 10,
          gray: (0..<120).map { UInt8(($0 * (7 + number) + index * 90) % 256) }
        ).write(to: "\(folder)/\(name)/\(number).png")
      }
    }
  }

  private func train(_ more: String..., in directory: String) throws -> ProgramResult {
    try run(
      "train",
      ["--model", "linear", "--image-size", "12", "-b", "2", "--val-split", "2", "--epochs", "2"]
        + more, in: directory)
  }

  private func json(_ arguments: [String], in directory: String) throws -> JSON {
    try JSON(parsing: try run("inspect", arguments + ["--json"], in: directory).output)
  }

  @Test("shows recipe, schedule, classes and preparation, as text and as JSON")
  func recipe() throws {
    try withTemporaryDirectory { directory in
      try writePictures(["cat", "dog"], to: "\(directory)/pets")
      let trained = try train(
        "--save", "m.h5", "--data", "pets", "--lr-schedule", "cosine", "--warmup", "1epoch",
        "--reduce-lr-on-plateau", "patience=1", "--optimizer", "adamw", "--weight-decay", "0.01",
        in: directory)
      #expect(trained.code == 0, "\(trained.error)")
      let text = try run("inspect", ["m.h5"], in: directory).output
      // However wide the terminal is.
      let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      let plateau = "cooldown=0, factor=0.1, min_delta=0.0001, min_lr=0, patience=1"
      for line in [
        "recipe batch_size 2, learning_rate 0.001, lr_schedule cosine, lr_schedule_epochs 2, ",
        "optimizer adamw, optimizer_options weight_decay=0.01, reduce_lr_on_plateau \(plateau), ",
        "schedule cosine from 0.001, over 2 epochs, warmup 1epochs, reduced on plateau "
          + "(\(plateau)), now 0.00049999997 ",
        "data pictures of 12 x 12 x 1, 2 classes, SHA-256 ",
      ] {
        #expect(words.contains(line), "\(words)")
      }
      #expect(text.contains("  classes    cat, dog\n  fit        crop\n  values     bytes / 255\n"))
      let report = try json(["m.h5"], in: directory)
      #expect(
        report["schedule"]?.text(.canonical) == #"""
          {"current":0.00049999997,"epochs":2,"learning_rate":0.001,"name":"cosine",\#
          "reduce_lr_on_plateau":{"cooldown":0,"factor":0.1,"min_delta":0.0001,"min_lr":0,\#
          "patience":1},"warmup":"1epochs"}
          """#)
      #expect(
        report["pictures"]?.text(.canonical)
          == #"{"class_names":["cat","dog"],"fit":"crop","scales_bytes":true}"#)
    }
  }

  @Test("--diff names what differs in classes, preparation, recipe and schedule")
  func differences() throws {
    try withTemporaryDirectory { directory in
      try writePictures(["cat", "dog"], to: "\(directory)/pets")
      try writePictures(["cat", "fox"], to: "\(directory)/animals")
      let first = try train("--save", "a.h5", "--data", "pets", in: directory)
      let second = try train(
        "--save", "b.h5", "--data", "animals", "--fit", "pad", "--lr-schedule", "linear",
        in: directory)
      #expect(first.code == 0 && second.code == 0)
      let text = try run("inspect", ["a.h5", "--diff", "b.h5"], in: directory)
      #expect(text.code == 1)
      let words = text.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      for line in [
        "pictures/class_names[1] different dog fox", "pictures/fit different crop pad",
        "training_state/settings/lr_schedule only in B linear",
      ] {
        #expect(words.contains(line), "\(words)")
      }
      let ignored = try run(
        "inspect", ["a.h5", "--diff", "b.h5", "--ignore", "pictures"], in: directory)
      #expect(!ignored.output.contains("pictures/"))
      let same = try run("inspect", ["a.h5", "--diff", "a.h5"], in: directory)
      #expect(same.code == 0)
    }
  }

  @Test("shows the schedule of an optimizer, and the learning rate of its next step")
  func optimizer() throws {
    try withTemporaryDirectory { directory in
      let model = Sequential([Flatten(), Dense(2)])
      model.build(inputShape: [2, 2, 1])
      let schedule = CosineDecay(initialLearningRate: 0.5, decaySteps: 10)
      let optimizer = SGD(learningRate: schedule)
      optimizer.build(for: model.trainableVariables)
      let loss = SparseCategoricalCrossentropy(fromLogits: true)
      try Checkpoint(model: model, optimizer: optimizer, loss: loss).save(to: "\(directory)/m.h5")
      let text = try run("inspect", ["m.h5"], in: directory).output
      let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      #expect(
        words.contains(
          "state iteration 0, learning rate 0.5 schedule CosineDecay, alpha 0, decay_steps 10, "
            + "initial_learning_rate 0.5"), "\(words)")
      let report = try json(["m.h5"], in: directory)
      #expect(report["optimizer"]?["schedule"]?["class_name"]?.string == "CosineDecay")
      #expect(report["optimizer"]?["learning_rate"]?.number == 0.5)
      #expect(report["schedule"] == nil && report["pictures"] == nil)
    }
  }
}
