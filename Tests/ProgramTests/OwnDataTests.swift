import Glibc
import Images
import TestSupport
import Testing

/// Training on pictures of one's own: a folder for each class, names in the predictions.
@Suite("Data of one's own")
struct OwnDataTests {
  private static let names = ["blue", "green", "red"]

  /// Writes pictures of three classes, each of which is brightest in its own channel.
  private func writePictures(_ count: Int, to folder: String, seed: UInt32 = 1) throws {
    var noise = seed
    mkdir(folder, 0o777)
    for (index, name) in Self.names.enumerated() {
      mkdir("\(folder)/\(name)", 0o777)
      for number in 0..<count {
        let samples = (0..<16 * 12 * 3).map { sample -> UInt16 in
          noise = noise &* 1_664_525 &+ 1_013_904_223
          return UInt16(noise >> 25) + (sample % 3 == 2 - index ? 120 : 0)
        }
        try Image(width: 16, height: 12, format: .rgb8, samples: samples).write(
          to: "\(folder)/\(name)/\(number).png")
      }
    }
  }

  private func train(
    _ save: String = "m.h5", _ more: String..., in directory: String
  ) throws -> ProgramResult {
    try run(
      "train",
      ["--save", save, "--data", "pictures", "--model", "cnn", "--image-size", "12", "-b", "8"]
        + ["--epochs", "2"] + more, in: directory)
  }

  /// Calls `body` with a folder in which `pictures` has some of each class.
  private func withPictures(_ count: Int = 6, _ body: (String) throws -> Void) throws {
    try withTemporaryDirectory { directory in
      try writePictures(count, to: "\(directory)/pictures")
      try body(directory)
    }
  }

  @Test("A folder of pictures is learned, and predict prints the names of the classes")
  func folder() throws {
    try withPictures(20) { directory in
      try writePictures(5, to: "\(directory)/new", seed: 7)
      let result = try train("m.h5", "--epochs", "5", in: directory)
      #expect(result.code == 0, "\(result.error)")
      #expect(result.error.contains("60 pictures in 3 classes, 12 x 12 x 3"))
      #expect(result.output.contains("Validation Accuracy: 100.00"))
      for format in ["m.h5", "m.keras", "old.h5"] {
        if format != "m.h5" {
          let more = format == "old.h5" ? ["--format", "tf-keras"] : []
          #expect(try run("convert", ["m.h5", format] + more, in: directory).code == 0)
        }
        let files = Self.names.flatMap { name in (0..<5).map { "new/\(name)/\($0).png" } }
        let predicted = try run("predict", files + ["--model", format], in: directory)
        #expect(predicted.code == 0, "\(predicted.error)")
        let lines = predicted.output.split(separator: "\n")
        for (file, line) in zip(files, lines) {
          let name = file.split(separator: "/")[1]
          #expect(line.hasPrefix("\(file): \(name)  "), "\(format)")
        }
        #expect(lines.count == 15)
      }
      let summary = try run("inspect", ["m.h5"], in: directory)
      #expect(summary.output.contains("classes    blue, green, red"))
      #expect(summary.output.contains("fit        crop"))
    }
  }

  @Test("A run is not resumed with changed pictures, and the first one that differs is named")
  func changed() throws {
    try withPictures { directory in
      #expect(try train(in: directory).code == 0)
      #expect(try train("m.h5", "--epochs", "3", in: directory).code == 0)
      let file = "\(directory)/pictures/green/3.png"
      let before = try readBytes(file)
      try writeBytes(try readBytes("\(directory)/pictures/red/1.png"), to: file)
      let changed = try train("m.h5", "--epochs", "4", in: directory)
      #expect(changed.code == 65)
      #expect(
        changed.error.contains("its data is not that of this run: 'green/3.png' has changed"),
        "\(changed.error)")
      try writeBytes(before, to: file)
      rename("\(directory)/pictures/red/5.png", "\(directory)/pictures/red/9.png")
      let renamed = try train("m.h5", "--epochs", "4", in: directory)
      #expect(renamed.code == 65)
      #expect(renamed.error.contains("'red/5.png' is missing"), "\(renamed.error)")
      rename("\(directory)/pictures/red/9.png", "\(directory)/pictures/red/5.png")
      #expect(try train("m.h5", "--epochs", "4", in: directory).code == 0)
    }
  }

  @Test("Decoding on demand gives the same bits as keeping pictures in memory")
  func cache() throws {
    try withPictures { directory in
      #expect(try train("memory.h5", in: directory).code == 0)
      #expect(try train("none.h5", "--cache", "none", in: directory).code == 0)
      let diff = try run(
        "inspect", ["memory.h5", "--diff", "none.h5", "--ignore", "environment"], in: directory)
      #expect(diff.code == 0, "\(diff.output)")
    }
  }

  @Test("A run is not resumed with pictures of another shape, and both shapes are named")
  func otherShape() throws {
    try withPictures { directory in
      #expect(try train(in: directory).code == 0)
      let refused = try train("m.h5", "--image-size", "28", "--image-color", "gray", in: directory)
      #expect(refused.code == 65)
      #expect(
        refused.error.hasSuffix(
          """
            setting      in the file  requested
            image_shape  [12,12,3]    [28,28,1]
          train: hint: pictures of another shape (--image-size, --image-color) are another run \
          and need another --save\n
          """), "\(refused.error)")
    }
  }

  @Test("A model of Keras learns from pictures of the size of its input, and refuses others")
  func kerasModel() throws {
    try withPictures { directory in
      #expect(try train(in: directory).code == 0)
      // A form without the state of the run, as of Keras.
      let converted = try run("convert", ["m.h5", "old.h5", "--format", "tf-keras"], in: directory)
      #expect(converted.code == 0, "\(converted.error)")
      func resume(_ save: String, _ more: [String] = []) throws -> ProgramResult {
        let options = ["--resume", "old.h5", "--save", save, "--data", "pictures", "-b", "8"]
        return try run("train", options + ["--max-steps", "1"] + more, in: directory)
      }
      let resumed = try resume("resumed.h5")
      #expect(resumed.code == 0, "\(resumed.error)")
      #expect(resumed.error.contains("12 x 12 x 3"), "\(resumed.error)")
      for other in [["--image-size", "20"], ["--image-color", "gray"]] {
        let refused = try resume("other.h5", other)
        #expect(refused.code == 65, "\(refused.error)")
        #expect(refused.error.contains("'old.h5' does not match the model"), "\(refused.error)")
      }
    }
  }

  @Test("Files that are no pictures are listed, and skipped only on request")
  func bad() throws {
    try withPictures { directory in
      try writeBytes(Array("no picture".utf8), to: "\(directory)/pictures/red/notes.png")
      let refused = try train(in: directory)
      #expect(refused.code == 65)
      #expect(refused.error.contains("Cannot use 1 of 19 files in 'pictures':"), "\(refused.error)")
      #expect(refused.error.contains("red/notes.png"))
      #expect(refused.error.contains("skip them with --skip-bad"))
      let skipped = try train("m.h5", "--skip-bad", in: directory)
      #expect(skipped.code == 0)
      #expect(
        skipped.error.contains(
          "skipped 1 file that cannot be used, which leaves 18 pictures:"),
        "\(skipped.error)")
    }
  }

  @Test("Test data may be in a folder of its own, with the same classes")
  func testData() throws {
    try withPictures { directory in
      try writePictures(2, to: "\(directory)/test", seed: 3)
      let result = try train("m.h5", "--test-data", "test", in: directory)
      #expect(result.code == 0, "\(result.error)")
      #expect(result.output.contains("Test Accuracy: "))
      rename("\(directory)/test/red", "\(directory)/test/rot")
      #expect(try train("n.h5", "--test-data", "test", in: directory).code == 65)
    }
  }

  @Test("Output files cannot be the data", arguments: ["--save", "--log"])
  func outputs(flag: String) throws {
    try withTemporaryDirectory { directory in
      let file = fixture("arrays/uint8.h5", of: "DatasetsTests")
      try writeBytes(try readBytes(file), to: "\(directory)/data.h5")
      let save = flag == "--save" ? [] : ["--save", "m.h5"]
      let result = try run(
        "train", save + [flag, "data.h5", "--data", "data.h5", "--model", "linear"],
        in: directory)
      #expect(result.code == 64, "\(result.error)")
      #expect(try isFile("\(directory)/data.h5", readBytes(file)))
    }
  }
}
