import CheckpointStore
import Checkpoints
import Conversion
import Glibc
import HDF5
import JSON
import ModelFiles
import NeuralNetwork
import Tensors
import TestSupport
import Testing

/// What `tools/formats/golden_formats.py` has written.
enum FormatFixtures {
  static let expected: JSON.Object = {
    let text = (try? readText(fixture("formats/expected.json"))) ?? ""
    return (try? JSON(parsing: text))?.object ?? [:]
  }()

  static func tensor(_ json: JSON?) throws -> Tensor {
    let json = try #require(json)
    let values = (json["values"]?.array ?? []).compactMap(\.number).map { Float($0) }
    return Tensor(values, shape: Shape((json["shape"]?.array ?? []).compactMap(\.integer)))
  }

  /// The difference of a model's outputs from those of PyTorch, relative to the largest one.
  static func distance(_ path: String, _ name: String) throws -> Float {
    let model = try CheckpointFile(opening: path).loadModel()
    let y = model(try tensor(expected["x"]))
    let wanted = try tensor(expected[name])
    #expect(y.shape == wanted.shape)
    return zip(y.scalars, wanted.scalars).reduce(0) { max($0, abs($1.0 - $1.1)) }
      / (wanted.scalars.map(abs).max() ?? 1)
  }
}

@Suite("safetensors files")
struct SafetensorsTests {
  @Test(
    "Files of the Python package compute what PyTorch computes, in every type of elements",
    arguments: ["small", "float16", "bfloat16", "float64"])
  func golden(name: String) throws {
    let path = fixture("formats/\(name).safetensors")
    #expect(try FormatFixtures.distance(path, name) < 1e-6)
    let file = try CheckpointFile(opening: path)
    #expect(file.format == .safetensors && file.kerasVersion == "3.15.1")
    #expect(try file.size == readBytes(path).count)
    let pictures = try #require(try file.pictureConfig())
    #expect(pictures.classNames == ["a", "b", "c", "none"] && pictures.rejectedClass == "none")
    #expect(
      pictures.rejection
        == RejectionConfig(score: "energy", temperature: 1.5, threshold: -0.25))
  }

  @Test("A file is the one that the Python package writes, but for the order of the metadata")
  func sameElements() throws {
    try withTemporaryDirectory { directory in
      let (golden, path) = (fixture("formats/small.safetensors"), "\(directory)/a.safetensors")
      let conversion = try Conversion(of: golden, to: path, as: .safetensors)
      #expect(conversion.notes == [])
      let (found, expected) = (try header(path), try header(golden))
      #expect(found.length % 8 == 0)
      #expect(found.json.object?.keys.dropFirst() == expected.json.object?.keys.dropFirst())
      for (name, tensor) in try #require(expected.json.object) where name != "__metadata__" {
        #expect(found.json[name] == tensor, "\(name)")
      }
      #expect(
        try readBytes(path).dropFirst(8 + found.length)
          == readBytes(golden).dropFirst(8 + expected.length))
    }
  }

  private func header(_ path: String) throws -> (json: JSON, length: Int) {
    let bytes = try readBytes(path)
    let length = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    return (try JSON(parsing: String(decoding: bytes[8..<8 + length], as: UTF8.self)), length)
  }

  @Test("A model goes there and back with everything but its optimizer's state")
  func roundTrip() throws {
    try withTemporaryDirectory { directory in
      let (model, optimizer) = (makeModel(seed: 5), Adam(learningRate: 0.25))
      train(model, optimizer, steps: 0..<2)
      let pictures = PictureConfig(
        classNames: ["zero", "one", "two", "\u{e9}"], fit: "crop", pixelRange: "-1..1",
        rejectedClass: "two",
        rejection: RejectionConfig(score: "energy", temperature: 2, threshold: 0.5))
      let (first, middle, last) = (
        "\(directory)/a.h5", "\(directory)/b.safetensors", "\(directory)/c.keras"
      )
      try Checkpoint(
        model: model, optimizer: optimizer, loss: SparseCategoricalCrossentropy(fromLogits: true),
        pictures: pictures
      ).save(to: first)
      #expect(
        try Conversion(of: first, to: middle, as: .safetensors).notes == [
          "the state of the optimizer"
        ])
      #expect(try Conversion(of: middle, to: last, as: .keras).notes == [])
      for path in [middle, last] {
        let file = try CheckpointFile(opening: path)
        let loaded = try file.loadModel()
        #expect(loaded.variables.map(\.value) == model.variables.map(\.value))
        #expect(try file.pictureConfig() == pictures)
        #expect(try (file.optimizer() as? Adam)?.learningRate == 0.25)
        #expect(try file.storedOptimizer() == nil)
        #expect(try file.layerDifferences(from: model).isEmpty)
      }
    }
  }

  @Test(
    "Models of Keras with options of every kind and models in models keep their outputs",
    arguments: LayerOptionFileTests.files.map { "options/\($0)" } + ["forms/nested.keras"])
  func kerasModels(file: String) throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/a.safetensors"
      _ = try Conversion(of: fixture(file), to: path, as: .safetensors)
      let (model, expected) = (
        try CheckpointFile(opening: path).loadModel(),
        try CheckpointFile(opening: fixture(file)).loadModel()
      )
      let shape = try #require(expected.inputShape)
      let count = 2 * shape.elementCount
      let x = Tensor((0..<count).map { Float($0 % 17) / 8 - 1 }, shape: Shape([2] + shape))
      #expect(model(x) == expected(x))
    }
  }

  @Test("Tensors without a model are shown by name, in a type that keeps their values")
  func plain() throws {
    let file = try CheckpointFile(opening: fixture("formats/plain.safetensors"))
    let expected = try #require(FormatFixtures.expected["plain"]?.object)
    #expect(expected.count == 16)
    for (name, json) in expected {
      let dataset = try file.dataset(at: name)
      #expect(dataset.shape == json["shape"]?.array?.compactMap(\.integer), "\(name)")
      #expect(
        try dataset.read(as: Double.self) == json["values"]?.array?.compactMap(\.number), "\(name)")
    }
    #expect(try !file.describesModel)
    #expect(
      message { try file.loadModel() }
        .contains("has no 'config' in its __metadata__, so the model's layers are unknown"))
  }

  @Test("Elements are read when they are needed, not when the file is opened")
  func elementsOnRequest() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/a.safetensors"
      let tensors = [tensor("a", "F32", "[0,8]"), tensor("b", "U8", shape: "[4096]", "[8,4104]")]
      let header = "{\(tensors.joined(separator: ","))}"
      try writeBytes(file(header, count: 4104), to: path)
      let opened = try CheckpointFile(opening: path)
      let a = [Float(1.5), -2].flatMap { number in
        stride(from: 0, to: 32, by: 8).map { UInt8(truncatingIfNeeded: number.bitPattern >> $0) }
      }
      let b = (0..<4096).map { UInt8(truncatingIfNeeded: $0 % 251) }
      try overwrite(path, with: a + b, at: 8 + header.utf8.count)
      #expect(try opened.dataset(at: "a").read(as: Float.self) == [1.5, -2])
      #expect(try opened.dataset(at: "b").read(as: UInt8.self) == b)
      #expect(
        try opened.dataset(at: "b").readRows(4000..<4096, as: UInt8.self) == Array(b[4000...]))
      #expect(truncate(path, 8 + header.utf8.count + 4) == 0)
      #expect(message { try opened.dataset(at: "a").read(as: Float.self) }.contains("truncated"))
    }
  }

  /// Replaces bytes of a file, which stays the same file.
  private func overwrite(_ path: String, with bytes: [UInt8], at offset: Int) throws {
    guard let file = unsafe fopen(path, "r+") else { throw IOError("fopen", errno) }
    defer { _ = unsafe fclose(file) }
    #expect(unsafe fseek(file, offset, SEEK_SET) == 0)
    #expect(unsafe fwrite(bytes, 1, bytes.count, file) == bytes.count)
  }

  @Test("Tensors with the names of weights, and without a model, fit a description of the model")
  func foreign() throws {
    try withTemporaryDirectory { directory in
      let golden = fixture("formats/small.safetensors")
      let (description, output) = ("\(directory)/model.json", "\(directory)/a.keras")
      let (json, length) = try header(golden)
      let config = try #require(json["__metadata__"]?["config"]?.string)
      try writeBytes(Array(config.utf8), to: description)
      let elements = try readBytes(golden).dropFirst(8 + length)
      func convert(_ rename: (String) -> String, describedBy path: String?) throws -> String {
        let input = "\(directory)/foreign.safetensors"
        var tensors = try #require(json.object)
        tensors["__metadata__"] = nil
        let renamed = JSON.Object(
          tensors.map { (rename($0.key), $0.value) })
        try writeBytes(file(JSON.object(renamed).text, count: 0) + elements, to: input)
        return message {
          try Conversion(
            of: input, to: output, as: .keras, architecture: path, replacing: true)
        }
      }
      for rename in [{ $0 }, { $0.split(separator: "/").joined(separator: ".") }]
        as [(String) -> String]
      {
        #expect(try convert(rename, describedBy: description) == "no error")
        #expect(try FormatFixtures.distance(output, "small") < 1e-6)
      }
      #expect(
        try convert({ $0 }, describedBy: nil)
          .contains("has no 'config' in its __metadata__, so the model's layers are unknown"))
      let other = try convert(
        { $0 == "dense/kernel" ? "dense.weight" : $0 }, describedBy: description)
      #expect(other.contains("dense/kernel is missing from the file"))
      #expect(other.contains("/dense.weight is in the file but not in the model"))
      let twice = try convert(
        { $0 == "norm/beta" ? "norm.gamma" : $0 }, describedBy: description)
      #expect(twice.contains("norm/gamma is missing from the file"))
      #expect(
        try convert({ "a.\($0)" }, describedBy: description).contains(
          "has no 'config' in its __metadata__, and no tensor with the name of a weight of the "
            + "model, such as 'conv/kernel'"))
    }
  }

  @Test("A tensor that the model lacks, one that is missing, and a wrong shape are differences")
  func mismatch() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/a.safetensors"
      let original = try readBytes(fixture("formats/small.safetensors"))
      func change(_ from: String, _ to: String) throws -> String {
        try writeBytes(replacing(from, by: to, in: original), to: path)
        return message { try CheckpointFile(opening: path).loadModel() }
      }
      let renamed = try change(#""dense/bias""#, #""dense/bios""#)
      #expect(renamed.contains("dense/bias is missing from the file"))
      #expect(renamed.contains("/layers/dense/bios is in the file but not in the model"))
      #expect(
        try change(#""shape":[27,4]"#, #""shape":[4,27]"#)
          .contains("dense/kernel has the shape [27, 4] in the model but [4, 27] in the file"))
    }
  }

  /// Replaces a text by another of the same length.
  private func replacing(_ from: String, by to: String, in bytes: [UInt8]) -> [UInt8] {
    let (from, to) = (Array(from.utf8), Array(to.utf8))
    #expect(from.count == to.count)
    var bytes = bytes
    for start in 0...bytes.count - from.count
    where bytes[start..<start + from.count].elementsEqual(from) {
      bytes.replaceSubrange(start..<start + to.count, with: to)
      return bytes
    }
    Issue.record("'\(String(decoding: from, as: UTF8.self))' is not in the file")
    return bytes
  }

  /// A file with a header and some zeros.
  private func file(_ header: String, count: Int, length: UInt64? = nil) -> [UInt8] {
    let length = length ?? UInt64(header.utf8.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + Array(header.utf8)
      + [UInt8](repeating: 0, count: count)
  }

  private func tensor(
    _ name: String = "a", _ type: String = "F32", shape: String = "[2]", _ offsets: String = "[0,8]"
  ) -> String {
    #""\#(name)":{"dtype":"\#(type)","shape":\#(shape),"data_offsets":\#(offsets)}"#
  }

  @Test("Every contradiction in a header is an error that names the file and the tensor")
  func hostile() throws {
    let nested = String(repeating: "[", count: 200)
    let empty = (0...10_000).map { tensor("a\($0)", shape: "[0]", "[0,0]") }
    var notUTF8 = file(#"{"?":1}"#, count: 0)
    notUTF8[10] = 0xFF
    let cases: [(bytes: [UInt8], problem: String)] = [
      (file("{", count: 8, length: 1 << 40), "has 1099511627776 bytes, more than the limit of"),
      (file("{", count: 8, length: (1 << 56) - 1), "more than the limit of"),
      (file("{\(tensor())}", count: 8, length: 5000), "has 5000 bytes, but the file ends after"),
      (file("{\(tensor())", count: 8), "cannot be read: the text is not JSON"),
      (file("{\"a\":\(nested)", count: 8), "nested deeper than"),
      (file("{\(tensor()),\(tensor())}", count: 8), "has the key 'a' twice"),
      (file("{\"\u{0}\":1}", count: 0), "cannot be read: the text is not JSON"),
      (file("{\"__metadata__\":{\"format\":1}}", count: 0), "is not an object whose values are"),
      (file("{\"__metadata__\":[]}", count: 0), "'__metadata__' is not an object"),
      (file("{\"a\":1}", count: 0), "'a' has no dtype"),
      (file("{\(tensor("", "F32"))}", count: 8), "'' cannot be the name of a tensor"),
      (file("{\(tensor("a/./b"))}", count: 8), "'a/./b' cannot be the name of a tensor"),
      (file("{\(tensor(String(repeating: "a", count: 100_000)))}", count: 8), "cannot be the name"),
      (file("{\(tensor("picture_config"))}", count: 8), "has the name of another object"),
      (file("{\(empty.joined(separator: ","))}", count: 0), "has 10001 members, more than the"),
      (notUTF8, "'safetensors header' is not UTF-8"),
      (file("{\(tensor("a/../b"))}", count: 8), "'a/../b' cannot be the name of a tensor"),
      (file("{\(tensor("a//b"))}", count: 8), "'a//b' cannot be the name of a tensor"),
      (
        file("{\(tensor(String(repeating: "a/", count: 32) + "b"))}", count: 8),
        "a/b' cannot be the name of a tensor"
      ),
      (file(#"{\#(tensor(#"a\u0000b"#))}"#, count: 8), "cannot be the name of a tensor"),
      (file("{\(tensor("a", "F8_E4M3"))}", count: 8), "has the dtype F8_E4M3, which is not"),
      (file("{\(tensor(shape: "[-2]"))}", count: 8), "'a' has no shape of at most 32 extents"),
      (file("{\(tensor(shape: "[0.5]"))}", count: 8), "'a' has no shape"),
      (
        file("{\(tensor(shape: "[\(String(repeating: "1,", count: 40))1]"))}", count: 8), "no shape"
      ),
      (file("{\(tensor(shape: "2"))}", count: 8), "'a' has no shape"),
      (file("{\(tensor(shape: "[3]"))}", count: 8), "has 8 bytes, which do not fit its shape [3]"),
      (
        file("{\(tensor(shape: "[4294967296,4294967296]"))}", count: 8),
        "which do not fit its shape [4294967296, 4294967296] of F32"
      ),
      (file("{\(tensor(shape: "[2,4611686018427387904]", "[0,0]"))}", count: 0), "do not fit"),
      (file("{\(tensor("a", "F32", "[8,0]"))}", count: 8), "'a' has no data_offsets [begin, end]"),
      (file("{\(tensor("a", "F32", "[-8,0]"))}", count: 8), "'a' has no data_offsets"),
      (file("{\(tensor("a", "F32", "[0,8,8]"))}", count: 8), "'a' has no data_offsets"),
      (
        file(
          "{\(tensor("a", "F32", shape: "[2]", "[9223372036854775799,9223372036854775807]"))}",
          count: 8),
        "'a' has no data_offsets"
      ),
      (file("{\(tensor("a", "F32", "[8,16]"))}", count: 16), "'a' begins at 8, but the tensor bef"),
      (
        file("{\(tensor("a")),\(tensor("b", "F32", "[4,12]"))}", count: 12),
        "'b' begins at 4, but the tensor before it ends at 8"
      ),
      (
        file("{\(tensor("a")),\(tensor("b", "F32", "[0,8]"))}", count: 8),
        "begins at 0, but the tensor before it ends at 8"
      ),
      (file("{\(tensor())}", count: 7), "describes 8 bytes of elements, but the file has 7"),
      (file("{\(tensor())}", count: 9), "describes 8 bytes of elements, but the file has 9"),
      (
        file("{\(tensor("a")),\(tensor("a/b", "F32", "[8,16]"))}", count: 16),
        "'a/b' cannot be read"
      ),
    ]
    try withTemporaryDirectory { directory in
      let path = "\(directory)/a.safetensors"
      for (bytes, problem) in cases {
        try writeBytes(bytes, to: path)
        let text = message { try CheckpointFile(opening: path) }
        #expect(text.hasPrefix("Cannot use '\(path)': ") && text.contains(problem), "\(text)")
      }
      // An empty tensor of a shape whose product overflows has no elements.
      try writeBytes(
        file("{\(tensor(shape: "[4294967296,4294967296,0]", "[0,0]"))}", count: 0), to: path)
      #expect(message { try CheckpointFile(opening: path) } == "no error")
      let size = 5 << 30
      let header = "{\(tensor("a", "U8", shape: "[\(size)]", "[0,\(size)]"))}"
      try writeBytes(file(header, count: 0), to: path)
      #expect(truncate(path, 8 + header.utf8.count + size) == 0)
      #expect(
        message { try CheckpointFile(opening: path) }.contains("more than the limit of 4294967296"))
    }
  }

  @Test("No changed byte of a header stops the reader from answering")
  func anyByte() throws {
    let original = try readBytes(fixture("formats/small.safetensors"))
    let length = original[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    try withTemporaryDirectory { directory in
      let path = "\(directory)/a.safetensors"
      var random = SplitMix(state: 7)
      for place in 0..<8 + length {
        var bytes = original
        bytes[place] = UInt8.random(in: 0...255, using: &random)
        try writeBytes(bytes, to: path)
        do throws(CheckpointError) {
          _ = try CheckpointFile(opening: path).loadModel()
        } catch {
          #expect(error.kind == .badData)
        }
      }
    }
  }
}
