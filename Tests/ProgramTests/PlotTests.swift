import Glibc
import Images
import TestSupport
import Testing

/// Plots follow from the history and the last evaluation, so an interrupted run ends with the same
/// ones; files of others are not replaced.
@Suite("Plots")
struct PlotTests {
  private static let files =
    ["accuracy", "confusion_matrix", "learning_rate", "loss"]
    .flatMap { ["plots/\($0).png", "plots/\($0).svg"] }
    + ["plots/worst_errors.png", "plots/worst_errors.svg"]

  private static let watched = WatchedRun("--plots", "plots", files: files)

  @Test("There are curves, a confusion matrix and the worst errors, as PNG and SVG")
  func files() throws {
    for (file, bytes) in zip(Self.files, try Self.watched.whole.get()) {
      if file.hasSuffix(".png") {
        #expect(try Image.decode(bytes).width >= 600, "\(file)")
      } else {
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.hasPrefix("<svg xmlns=") && text.hasSuffix("</svg>\n"), "\(file)")
      }
    }
  }

  @Test("A run that was interrupted within epochs, or killed, ends with the plots of the whole one")
  func interrupted() throws {
    try withData { directory in
      for (steps, threads) in [(7, 1), (10, 3), (23, 2)] {
        let result = try Self.watched.train(
          3, "--max-steps", "\(steps)", "--threads", "\(threads)", in: directory)
        #expect(result.code == 0, "\(result.whole)")
      }
      let program = try RunningProgram(
        "train", trainArguments(["--epochs", "3", "--plots", "plots"]), in: directory)
      usleep(150_000)
      program.send(SIGKILL)
      _ = program.wait()
      #expect(try Self.watched.train(3, in: directory).code == 0)
      try Self.watched.expectWhole(directory)
    }
  }

  @Test("A finished run gets its plots when they are first requested")
  func givenLater() throws {
    try withData { directory in
      #expect(try ProgramTests.train("--epochs", "3", in: directory).code == 0)
      let result = try Self.watched.train(3, in: directory)
      #expect(result.code == 0, "\(result.whole)")
      try Self.watched.expectWhole(directory)
      // The checkpoint records that they are of this run.
      #expect(try Self.watched.train(3, in: directory).code == 0)
      try Self.watched.expectWhole(directory)
    }
  }

  @Test("Plots of another run are not replaced without --overwrite")
  func foreign() throws {
    try withData { directory in
      #expect(try Self.watched.train(1, in: directory).code == 0)
      let loss = try readBytes("\(directory)/plots/loss.svg")
      let arguments =
        ["--save", "second.h5", "--data", "data", "--optimizer", "sgd", "--epochs", "2"]
        + ["--plots", "plots"]
      let refused = try run("train", arguments, in: directory)
      #expect(refused.code == 73, "\(refused.whole)")
      #expect(
        refused.error.contains(
          "Cannot write the plot 'plots/loss.png': it is not empty, and its content is not from"),
        "\(refused.whole)")
      #expect(try isFile("\(directory)/plots/loss.svg", loss))
      #expect(try run("train", arguments + ["--overwrite"], in: directory).code == 0)
      #expect(try !isFile("\(directory)/plots/loss.svg", loss))
    }
  }

  @Test("Two runs do not write one folder at a time, and a file is no folder")
  func shared() throws {
    try withData { directory in
      let first = try startEndlessRun(
        ["--plots", "plots"], creating: "plots/loss.png", in: directory)
      let second = try Self.watched.train(1, in: directory)
      first.send(SIGKILL)
      _ = first.wait()
      #expect(second.code == 75, "\(second.whole)")
      #expect(second.error.contains("another run is writing it"))
      try writeBytes([], to: "\(directory)/file")
      let file = try run(
        "train", trainArguments(["--epochs", "1", "--plots", "file"]), in: directory)
      #expect(file.code == 73, "\(file.whole)")
      #expect(file.error.contains("'file' is not a folder"))
      unlink("\(directory)/plots/loss.png")
      mkdir("\(directory)/plots/loss.png", 0o777)
      let folder = try Self.watched.train(1, "--overwrite", in: directory)
      #expect(folder.code == 73, "\(folder.whole)")
      #expect(folder.error.contains("it is not a regular file"))
    }
  }
}
