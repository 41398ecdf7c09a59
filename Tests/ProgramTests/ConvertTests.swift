import Checkpoints
import Foundation
import ModelFiles
import NeuralNetwork
import Tensors
import TestSupport
import Testing

@Suite("convert")
struct ConvertTests {
  private static let fixture = "\(packageDirectory)/Tests/CheckpointsTests/Fixtures/keras"

  /// Weights, and the state of the optimizer, of any file.
  private func contents(of path: String) throws -> (weights: [Tensor], optimizer: [Tensor], Int) {
    let file = try CheckpointFile(opening: path)
    let model = try file.loadModel()
    let config = try #require(try file.compileConfig())
    let optimizer = try #require(try CompileConfig(kerasConfig: config).optimizer)
    try file.loadOptimizer(into: optimizer, for: model)
    return (
      model.variables.map(\.value), optimizer.slotsInKerasOrder.map(\.value), optimizer.iterations
    )
  }

  @Test("A checkpoint of train becomes a weights file of the same bytes")
  func sameBytes() throws {
    let checkpoint = try Trained.checkpoint.get()
    try withTemporaryDirectory { folder in
      let result = try run("convert", [checkpoint, "\(folder)/copy.weights.h5"])
      #expect(result.code == 0)
      #expect(result.error == "")
      #expect(try isFile("\(folder)/copy.weights.h5", try readBytes(checkpoint)))
    }
  }

  @Test("Through every form and back, weights and optimizer keep their bits")
  func roundTrip() throws {
    let checkpoint = try Trained.checkpoint.get()
    let expected = try contents(of: checkpoint)
    #expect(expected.optimizer.count == 12)
    try withTemporaryDirectory { folder in
      var last = checkpoint
      for name in ["a.keras", "b.h5", "c.weights.h5", "d.h5", "e.keras", "f.weights.h5"] {
        let next = "\(folder)/\(name)"
        let result = try run("convert", [last, next])
        #expect(result.code == 0, "\(name): \(result.error)")
        let found = try contents(of: next)
        #expect(found.weights.elementsEqual(expected.weights) { $0.scalars == $1.scalars })
        #expect(found.optimizer.elementsEqual(expected.optimizer) { $0.scalars == $1.scalars })
        #expect(found.2 == expected.2)
        last = next
      }
    }
  }

  private static let versions = "\(packageDirectory)/Tests/CheckpointsTests/Fixtures/versions"

  @Test("A file with a custom loss can be converted again and again, and the loss is named")
  func ownLoss() throws {
    try withTemporaryDirectory { folder in
      var last = "\(Self.versions)/own.keras"
      for name in ["a.h5", "b.keras", "c.weights.h5"] {
        let next = "\(folder)/\(name)"
        let result = try run("convert", [last, next])
        #expect(result.code == 0, "\(name): \(result.error)")
        #expect(result.error.contains("'dice', "))
        #expect(result.error.contains("custom_objects"))
        last = next
      }
    }
  }

  @Test("inspect --diff treats options of equal meaning as equal, whatever their form")
  func sameOptions() throws {
    try withTemporaryDirectory { folder in
      // tf_keras writes `axis` as a list, and options that have their defaults.
      let (old, new) = ("\(Self.versions)/tree.keras", "\(folder)/a.weights.h5")
      #expect(try run("convert", [old, new]).code == 0)
      let result = try run("inspect", [old, "--diff", new])
      #expect(result.code == 0, "\(result.output)")
    }
  }

  @Test("convert reports what Keras 2 files cannot contain, and nothing for other formats")
  func notes() throws {
    let checkpoint = try Trained.checkpoint.get()
    try withTemporaryDirectory { folder in
      let old = try run("convert", [checkpoint, "\(folder)/old.h5"])
      #expect(old.error.contains("warning: Not kept: the state of the run"))
      #expect(try run("convert", [checkpoint, "\(folder)/new.keras"]).error == "")
      let inspected = try run("inspect", ["\(folder)/new.keras"])
      #expect(inspected.output.contains("Sealed: no, as only HDF5 files have a seal;"))
      let verified = try run("inspect", ["\(folder)/new.keras", "--verify"])
      #expect(verified.output.contains("\nseal       none, as only HDF5 files have one\n"))
      let quiet = try run("convert", [checkpoint, "\(folder)/quiet.h5", "-q"])
      #expect(quiet.error == "" && quiet.output == "")
    }
  }

  @Test("The output line and the JSON describe the content of the file")
  func output() throws {
    let checkpoint = try Trained.checkpoint.get()
    try withTemporaryDirectory { folder in
      let path = "\(folder)/a.keras"
      let line = try run("convert", [checkpoint, path])
      #expect(line.output.hasPrefix("\(path): keras, 4 layers, 2,770,634 parameters, Adam after "))
      #expect(isPlain(line.outputBytes))
      let json = try run("convert", [checkpoint, path, "--overwrite", "--json"])
      let object = try #require(
        try JSONSerialization.jsonObject(with: Data(json.outputBytes)) as? [String: Any])
      #expect(object["parameters"] as? Int == 2_770_634)
      #expect(object["size"] as? Int == (try readBytes(path).count))
      #expect((object["optimizer"] as? [String: Any])?["class_name"] as? String == "Adam")
    }
  }

  @Test("Weights alone are converted with the model that another file describes")
  func architecture() throws {
    let forms = "\(packageDirectory)/Tests/CheckpointsTests/Fixtures/forms"
    let weights = "\(forms)/small_2_13.weights.h5"
    try withTemporaryDirectory { folder in
      let alone = try run("convert", [weights, "\(folder)/a.keras"])
      #expect(alone.code == 65)
      #expect(alone.error.contains("hint: --architecture FILE"))
      let text = try #require(
        try CheckpointFile(opening: "\(forms)/small.keras").modelConfiguration())
      try writeBytes(Array(text.utf8), to: "\(folder)/model.json")
      #expect(try run("convert", ["\(forms)/small.keras", "\(folder)/whole.keras"]).code == 0)
      let expected = try contents(of: "\(folder)/whole.keras")
      for (index, described) in ["\(forms)/small.keras", "\(folder)/model.json"].enumerated() {
        let path = "\(folder)/\(index).keras"
        #expect(try run("convert", [weights, path, "--architecture", described]).code == 0)
        let result = try contents(of: path)
        #expect(zip(result.weights, expected.weights).allSatisfy { $0.scalars == $1.scalars })
        #expect(zip(result.optimizer, expected.optimizer).allSatisfy { $0.scalars == $1.scalars })
        #expect(result.weights.count == expected.weights.count && result.2 == expected.2)
      }
      // Neither file may be the one that is written.
      let same = try run(
        "convert",
        [
          weights, "\(folder)/model.json", "--architecture", "\(folder)/model.json",
          "--format", "weights", "--overwrite",
        ])
      #expect(same.code == 64)
      try writeBytes(Array("{\"a\": 1".utf8), to: "\(folder)/bad.json")
      let bad = try run(
        "convert", [weights, "\(folder)/b.keras", "--architecture", "\(folder)/bad.json"])
      #expect(bad.code == 65)
      #expect(bad.error.contains("bad.json"))
    }
  }

  @Test("predict answers the same with a safetensors file, and inspect finds no difference")
  func safetensors() throws {
    let checkpoint = try Trained.checkpoint.get()
    try withTemporaryDirectory { folder in
      let path = "\(folder)/a.safetensors"
      let result = try run("convert", [checkpoint, path])
      #expect(result.code == 0)
      #expect(
        result.output.hasPrefix("\(path): safetensors, 4 layers, 2,770,634 parameters, no opt"))
      #expect(result.error.split(separator: "\n").count == 2)
      #expect(result.error.contains("warning: Not kept: the state of the optimizer"))
      let arguments = ["\(packageDirectory)/samples/7.png", "--probs", "-m"]
      #expect(
        try run("predict", arguments + [path]).output
          == run("predict", arguments + [checkpoint]).output)
      let shown = try run("inspect", [path]).output
      #expect(shown.contains("safetensors file") && shown.contains("2,770,634"))
      let same = ["--ignore", "optimizer", "--ignore", "training_state"]
      #expect(try run("inspect", [checkpoint, "--diff", path] + same).code == 0)
    }
  }

  @Test("A safetensors file with a contradiction ends every program with 65, and one sentence")
  func hostileSafetensors() throws {
    let header = Array(#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,16]}}"#.utf8)
    let bytes = [UInt8(header.count)] + [UInt8](repeating: 0, count: 7) + header
    try withTemporaryDirectory { folder in
      let path = "\(folder)/a.safetensors"
      try writeBytes(bytes + [UInt8](repeating: 0, count: 16), to: path)
      for (program, arguments) in [
        ("convert", [path, "\(folder)/b.keras"]), ("inspect", [path]),
        ("predict", ["\(packageDirectory)/samples/7.png", "-m", path]),
      ] {
        let result = try run(program, arguments)
        #expect(result.code == 65, "\(program): \(result.whole)")
        #expect(
          result.error.contains("'\(path)': 'a' has 16 bytes, which do not fit its shape [2]"),
          "\(program): \(result.error)")
      }
      #expect(names(in: folder) == ["a.safetensors"])
    }
  }

  @Test("The module of PyTorch is printed as a file of Python, and is in the JSON")
  func module() throws {
    let checkpoint = try Trained.checkpoint.get()
    try withTemporaryDirectory { folder in
      let path = "\(folder)/a.safetensors"
      let result = try run("convert", [checkpoint, path, "--format", "torch"])
      #expect(result.output.hasPrefix("# \(path): torch, 4 layers, "))
      #expect(result.output.contains("\n\nimport torch\n"))
      #expect(result.output.contains("self.conv1 = nn.Conv2d(1, 32, (3, 3))"))
      let json = try run(
        "convert", [checkpoint, path, "--format", "torch", "--overwrite", "--json"])
      let object = try #require(
        try JSONSerialization.jsonObject(with: Data(json.outputBytes)) as? [String: Any])
      #expect((object["source"] as? String).map { result.output.hasSuffix($0) } == true)
    }
  }

  @Test("Each kind of error has its exit code and leaves existing files unchanged")
  func refusals() throws {
    let checkpoint = try Trained.checkpoint.get()
    try withTemporaryDirectory { folder in
      #expect(try run("convert", []).code == 64)
      #expect(try run("convert", [checkpoint, "\(folder)/model.pt"]).code == 64)
      #expect(try run("convert", ["\(folder)/none.h5", "\(folder)/a.keras"]).code == 66)
      #expect(
        try run("convert", ["\(packageDirectory)/README.md", "\(folder)/a.keras"]).code == 65)
      #expect(try run("convert", [checkpoint, "\(folder)/no/a.keras"]).code == 73)

      let taken = "\(folder)/taken.keras"
      try writeBytes([1, 2, 3], to: taken)
      let refused = try run("convert", [checkpoint, taken])
      #expect(refused.code == 73)
      #expect(refused.error.contains("hint: --overwrite"))
      #expect(try isFile(taken, [1, 2, 3]))
      #expect(names(in: folder) == ["taken.keras"])
      #expect(try run("convert", [checkpoint, taken, "--overwrite"]).code == 0)
      #expect(try run("predict", ["\(packageDirectory)/samples/7.png", "-m", taken]).code == 0)
    }
  }

  @Test("A NaN weight stops the conversion and is named")
  func notFinite() throws {
    try withTemporaryDirectory { folder in
      let model = Sequential([Dense(2), Dense(3)])
      model.build(inputShape: [4])
      model.variables[2].value = Tensor([1, 2, .nan, 4, 5, 6], shape: [2, 3])
      try Checkpoint(model: model).save(to: "\(folder)/bad.h5")
      let result = try run("convert", ["\(folder)/bad.h5", "\(folder)/out.keras"])
      #expect(result.code == 65)
      #expect(result.error.contains("dense_1/kernel"))
      #expect(names(in: folder) == ["bad.h5"])
    }
  }

  @Test("Without its optimizer a model is a third of the size")
  func resetOptimizer() throws {
    let checkpoint = try Trained.checkpoint.get()
    try withTemporaryDirectory { folder in
      let path = "\(folder)/a.keras"
      let result = try run("convert", [checkpoint, path, "--reset-optimizer"])
      #expect(result.code == 0)
      #expect(result.output.contains("no optimizer"))
      #expect(result.error.contains("the state of the optimizer, as asked for"))
      #expect(try readBytes(path).count < 12_000_000)
    }
  }
}
