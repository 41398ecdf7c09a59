import Checkpoints
import Foundation
import NeuralNetwork
import Tensors
import TestSupport
import Testing

@Suite("predict")
struct PredictTests {
  private static let samples = names(in: "\(packageDirectory)/samples")
    .filter { $0.hasSuffix(".png") }.map { "\(packageDirectory)/samples/\($0)" }

  @Test("prints a line for each picture: name, digit, percentage")
  func lines() throws {
    let model = try Trained.checkpoint.get()
    #expect(Self.samples.count == 20)
    let result = try run("predict", Self.samples + ["--model", model])
    #expect(result.code == 0)
    #expect(result.error == "")
    #expect(isPlain(result.outputBytes))
    let lines = result.output.split(separator: "\n")
    #expect(lines.count == 20)
    for (line, file) in zip(lines, Self.samples) {
      #expect(line.prefixMatch(of: /(.*): ([0-9])  ([0-9]+\.[0-9][0-9])%/)?.1 == file[...])
    }
  }

  @Test(
    "prints JSON with all ten probabilities, unrounded, and every decision of the preprocessing")
  func json() throws {
    let model = try Trained.checkpoint.get()
    let result = try run("predict", Self.samples + ["--model", model, "--json"])
    #expect(result.code == 0)
    #expect(result.error == "")
    #expect(isPlain(result.outputBytes))
    struct Object: Decodable {
      let file: String
      let digit: Int
      let confidence: Double
      let probabilities: [Double]
    }
    let objects = try JSONDecoder().decode([Object].self, from: Data(result.outputBytes))
    #expect(objects.map(\.file) == Self.samples)
    for object in objects {
      #expect(object.probabilities.count == 10)
      #expect(abs(object.probabilities.reduce(0, +) - 1) < 1e-5)
      #expect(object.probabilities.max() == object.confidence)
      #expect(object.probabilities.firstIndex(of: object.confidence) == object.digit)
    }
    let array = try #require(
      try JSONSerialization.jsonObject(with: Data(result.outputBytes)) as? [[String: Any]])
    let keys: Set = ["file", "digit", "confidence", "probabilities", "preprocessing"]
    #expect(array.allSatisfy { Set($0.keys) == keys })
    #expect(array.allSatisfy { ($0["preprocessing"] as? [String: Any])?.isEmpty == false })
    // MNIST's own pictures: a model of 40 steps knows most of them, one that is not loaded does
    // not.
    let own = objects.prefix(10)
    #expect(own.filter { $0.file.hasSuffix("/\($0.digit).png") }.count >= 7)
  }

  @Test("escapes control characters and DEL in JSON, and keeps other characters")
  func jsonEscapes() throws {
    let model = try Trained.checkpoint.get()
    let result = try run("predict", ["é\u{7F}\u{1}.png", "--model", model, "--json"])
    #expect(result.code == 66)
    #expect(result.output.contains(#""file":"é\u007f\u0001.png"}"#))
  }

  @Test("prints more classes, probabilities and a drawing on request")
  func details() throws {
    let model = try Trained.checkpoint.get()
    let result = try run("predict", [Self.samples[7], "-m", model, "-k3", "--probs", "--show"])
    #expect(result.code == 0)
    let lines = result.output.split(separator: "\n")
    try #require(lines.count == 1 + 30, "28 rows and a frame")
    #expect(lines[0].matches(of: /[0-9]  [0-9.]+%/).count == 3)
    #expect(lines[0].matches(of: /[0-9]: [0-9.]+%/).count == 10)
  }

  @Test(
    "refuses a file that is not a model or not a picture",
    arguments: [
      WrongFile(.missing, 66, "Cannot open 'm.h5': No such file or directory"),
      WrongFile(.empty, 65, "Cannot open 'm.h5': the file is empty"),
      WrongFile(.text, 65, "Cannot open 'm.h5': not an HDF5 file"),
      WrongFile(.png, 65, "Cannot open 'm.h5': not an HDF5 file"),
      WrongFile(.folder, 66, "Cannot open 'm.h5': it is a directory, not a regular file"),
      WrongFile(.fifo, 66, "Cannot open 'm.h5': it is a FIFO, not a regular file"),
      WrongFile(
        .kerasWeights, 65,
        """
        Cannot use 'm.h5': it does not describe its layers, and its weights do not match the \
        quickstart model:
          - conv2d/kernel has the shape [3, 3, 1, 32] in the model but [3, 3, 1, 4] in the file \
        (/layers/conv2d/vars/0)
          - conv2d/bias has the shape [32] in the model but [4] in the file (/layers/conv2d/vars/1)
          - dense/kernel has the shape [21632, 128] in the model but [400, 8] in the file \
        (/layers/dense/vars/0)
          - dense/bias has the shape [128] in the model but [8] in the file (/layers/dense/vars/1)
          - dense_1/kernel has the shape [128, 10] in the model but [8, 10] in the file \
        (/layers/dense_1/vars/0)
        """
      ),
      WrongFile(.missing, 66, "Cannot open 'p.png': No such file or directory"),
      WrongFile(.empty, 65, "Cannot read 'p.png': it is an empty file, not a PNG or JPEG"),
      WrongFile(.text, 65, "Cannot read 'p.png': it is text, not a PNG or JPEG"),
      WrongFile(.kerasWeights, 65, "Cannot read 'p.png': it is an HDF5 file, not a PNG or JPEG"),
      WrongFile(
        .pngSignature, 65,
        "Cannot read 'p.png': it is the first 4 bytes of a PNG, not a PNG or JPEG"),
      WrongFile(.folder, 66, "Cannot open 'p.png': it is a directory, not a regular file"),
      WrongFile(.fifo, 66, "Cannot open 'p.png': it is a FIFO, not a regular file"),
    ])
  func wrongFiles(file: WrongFile) throws {
    let trained = try Trained.checkpoint.get()
    try withTemporaryDirectory { directory in
      let isModel = file.message.contains("'m.h5'")
      try file.kind.write(to: "\(directory)/\(isModel ? "m.h5" : "p.png")")
      let arguments =
        isModel ? [Self.samples[0], "--model", "m.h5"] : ["p.png", "--model", trained]
      let result = try run("predict", arguments, in: directory)
      #expect(result.whole == "exit \(file.code)\npredict: error: \(file.message)\n")
    }
  }

  @Test("refuses a model whose input is not an image or whose output is not classes")
  func wrongModels() throws {
    try withTemporaryDirectory { directory in
      func expect(
        _ message: String, for layers: [Layer], input: Shape = [28, 28, 1]
      ) throws {
        try save(Sequential(layers), input: input, to: "\(directory)/m.h5")
        let result = try run("predict", [Self.samples[0], "--model", "m.h5"], in: directory)
        #expect(result.whole == "exit 65\npredict: error: Cannot use 'm.h5': its \(message)\n")
      }
      try expect(
        "model's input must be an image, but has the shape [7]", for: [Dense(10)], input: [7])
      try expect(
        "model's output must be one number for each class, but has the shape [26, 26, 2]",
        for: [Conv2D(2, 3)])
      try expect(
        """
        model outputs a single number, which must be a probability, but there is neither a \
        sigmoid nor a binary cross-entropy loss
        """, for: [Flatten(), Dense(1)])
    }
  }

  @Test("refuses a truncated model, with both lengths")
  func truncatedModel() throws {
    try withTemporaryDirectory { directory in
      try save(Sequential([Flatten(), Dense(10)]), to: "\(directory)/m.h5")
      let bytes = try readBytes("\(directory)/m.h5")
      try writeBytes(Array(bytes.prefix(20_000)), to: "\(directory)/m.h5")
      let result = try run("predict", [Self.samples[0], "--model", "m.h5"], in: directory)
      #expect(
        result.whole == """
          exit 65
          predict: error: Cannot open 'm.h5': truncated: 20000 bytes, the header says \
          \(sealedSize(bytes))\n
          """)
    }
  }

  @Test("classifies the good pictures among bad ones, and exits with the worst code")
  func goodAndBad() throws {
    let model = try Trained.checkpoint.get()
    try withTemporaryDirectory { directory in
      let seven = try readBytes(Self.samples[7])
      try writeBytes(seven, to: "\(directory)/good.png")
      try writeBytes(Array(seven.prefix(seven.count - 30)), to: "\(directory)/cut.png")
      let alone = try run("predict", ["good.png", "--model", model], in: directory)
      let result = try run(
        "predict", ["cut.png", "good.png", "gone.png", "good.png", "--model", model], in: directory)
      #expect(alone.code == 0)
      #expect(result.code == 66)
      #expect(result.output == alone.output + alone.output)
      let errors = result.error.split(separator: "\n")
      try #require(errors.count == 2)
      #expect(
        errors[0].hasPrefix("predict: error: Cannot read 'cut.png': the PNG is damaged: "))
      #expect(errors[1] == "predict: error: Cannot open 'gone.png': No such file or directory")

      let damaged = try run(
        "predict", ["good.png", "cut.png", "--model", model, "--json"], in: directory)
      #expect(damaged.code == 65)
      let objects = try JSONDecoder().decode([Entry].self, from: Data(damaged.outputBytes))
      #expect(objects.map(\.file) == ["good.png", "cut.png"])
      #expect(objects[0].digit == 7 && objects[0].error == nil)
      #expect(
        objects[1].digit == nil
          && objects[1].error?.hasPrefix("Cannot read 'cut.png': the PNG is damaged: ") == true)
    }
  }

  @Test("recognizes a JPEG by its content, and refuses a truncated one")
  func jpeg() throws {
    let model = "\(packageDirectory)/models/quickstart.h5"
    let seven = try readBytes(fixture("pictures/orientation-6-seven.jpg"))
    try withTemporaryDirectory { directory in
      try writeBytes(seven, to: "\(directory)/seven.png")
      try writeBytes(Array(seven.dropLast(100)), to: "\(directory)/cut.jpg")
      let result = try run(
        "predict", ["seven.png", "cut.jpg", "--model", model], in: directory)
      #expect(result.output.hasPrefix("seven.png: 7  "))
      #expect(result.output.split(separator: "\n").count == 1)
      #expect(
        result.error
          == "predict: error: Cannot read 'cut.jpg': the JPEG is damaged: it is truncated\n")
      #expect(result.code == 65)
      let piped = try run(
        "predict", ["-", "--model", model], shell: "cat seven.png | \"$@\"", in: directory)
      #expect(piped.output.hasPrefix("-: 7  "))
    }
  }

  struct Entry: Decodable {
    let file: String
    let digit: Int?
    let error: String?
  }

  @Test("uses the model of digits that comes with it, and suggests --model if there is none")
  func noModel() throws {
    try withTemporaryDirectory { directory in
      let result = try run("predict", [Self.samples[0], "--json"], in: directory)
      #expect(result.code == 0 && result.error.isEmpty)
      let entry = try JSONDecoder().decode([Entry].self, from: Data(result.output.utf8))
      #expect(entry.map(\.digit) == [0])

      // A program that is installed without the model.
      try FileManager.default.createDirectory(
        atPath: "\(directory)/bin", withIntermediateDirectories: false)
      // Another process copies it: a program that this one has open for writing while it starts
      // another process cannot run.
      let copy = try runCommand(["cp", programPath("predict"), "\(directory)/bin/predict"])
      #expect(copy.code == 0)
      let alone = try runCommand(["\(directory)/bin/predict", Self.samples[0]], in: directory)
      #expect(alone.code == 66)
      #expect(
        alone.error == """
          predict: error: Cannot open '\(directory)/share/cairn/digits.h5': \
          No such file or directory
          predict: hint: --model names the model file, such as ckpt.h5 of 'train --save ckpt.h5'; \
          without it, predict uses the model of digits that comes with it\n
          """)
      let named = try run("predict", [Self.samples[0], "--model", "ckpt.h5"], in: directory)
      #expect(
        named.whole == "exit 66\npredict: error: Cannot open 'ckpt.h5': No such file or directory\n"
      )
    }
  }

  @Test("reads a picture from standard input")
  func standardInput() throws {
    let model = "\(packageDirectory)/models/quickstart.h5"
    let arguments = ["-", "--model", model]
    let piped = try run("predict", arguments, shell: "cat \(Self.samples[7]) | \"$@\"")
    #expect(piped.output.hasPrefix("-: 7  100.00%"))
    #expect(
      try run("predict", arguments).whole == """
        exit 65
        predict: error: Cannot read '-': it is an empty file, not a PNG or JPEG\n
        """)
  }

  @Test("shows a name with control characters as text, so that it cannot act on the terminal")
  func hostileName() throws {
    let model = try Trained.checkpoint.get()
    try withTemporaryDirectory { directory in
      try writeBytes(try readBytes(Self.samples[7]), to: "\(directory)/\u{1B}[31m\r.png")
      let result = try run(
        "predict", ["\u{1B}[31m\r.png", "\u{1B}[2Jgone\n.png", "--model", model], in: directory)
      #expect(result.code == 66)
      #expect(isPlain(result.outputBytes))
      #expect(isPlain(result.errorBytes))
      #expect(result.error.hasPrefix("predict: error: Cannot open '\\x1B[2Jgone"))
    }
  }

  @Test("ends with an I/O error when standard output is full")
  func fullOutput() throws {
    let model = try Trained.checkpoint.get()
    let result = try run(
      "predict", [Self.samples[7], "--model", model], shell: "exec \"$@\" > /dev/full")
    #expect(
      result.whole == """
        exit 74
        predict: error: Cannot write to standard output: No space left on device\n
        """)
  }
}
