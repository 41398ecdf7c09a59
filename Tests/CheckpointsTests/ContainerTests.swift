import Checkpoints
import HDF5
import ModelFiles
import NeuralNetwork
import Tensors
import TestSupport
import Testing
import Zip

@Suite("Containers of weights")
struct ContainerTests {
  @Test("A file is recognized by its content, never by its name")
  func content() throws {
    try withTemporaryDirectory { directory in
      let forms = ["small.weights.h5", "small.keras", "small.h5", "small_deflated.keras"]
      let path = "\(directory)/anything.txt"
      for form in forms {
        try writeBytes(try readBytes(fixture("forms/\(form)")), to: path)
        let model = makeSmall()
        let before = model.variables[0].value.scalars
        try CheckpointFile(opening: path).loadWeights(into: model)
        #expect(model.variables[0].value.scalars != before)
      }
    }
  }

  @Test(
    "An archive that cannot be used says why",
    arguments: [
      ([("config.json", "{}")], "'model.weights.h5' is missing from the archive"),
      (
        [("model.weights.h5", "x"), ("model.weights.h5", "y")],
        "the archive has more than one member of this name"
      ),
      ([("model.weights.h5", "not HDF5")], "/model.weights.h5': not an HDF5 file"),
      ([("model.weights.h5", "")], "/model.weights.h5': the file is empty"),
      ([("../model.weights.h5", "")], "a member named '../model.weights.h5', which points outside"),
      ([("model.weights.h5", "x"), ("config.json", "\u{FF}")], "/model.weights.h5': not an HDF5"),
    ] as [([(String, String)], String)])
  func archives(members: [(String, String)], problem: String) throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/a.keras"
      try writeBytes(try archive(members.map { ($0, Array($1.utf8)) }), to: path)
      let text = message { try CheckpointFile(opening: path) }
      #expect(text.contains(problem), "\(text)")
    }
  }

  @Test("Weights that would expand too much are refused before they are unpacked")
  func expansion() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/a.keras"
      let archive = try readBytes(fixture("forms/small_deflated.keras"))
      try writeBytes(declaring(100 << 20, of: "model.weights.h5", in: archive), to: path)
      let text = message { try CheckpointFile(opening: path) }
      #expect(
        text.contains("'model.weights.h5'")
          && text.contains("too large: 104857600 bytes, the limit is 67108864"), "\(text)")
    }
  }

  @Test("An archive is read where it is if its weights are aligned, and from memory if not")
  func aligned() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/a.keras"
      let weights = try readBytes(fixture("forms/small.weights.h5"))
      let expected = makeSmall()
      try CheckpointFile(opening: fixture("forms/small.weights.h5")).loadWeights(into: expected)
      for isAligned in [true, false] {
        try writeBytes(try archive([("model.weights.h5", weights)], isAligned: isAligned), to: path)
        let model = makeSmall()
        try CheckpointFile(opening: path).loadWeights(into: model)
        #expect(model.variables.map(\.value.scalars) == expected.variables.map(\.value.scalars))
        // A flipped bit in the numbers is seen in both.
        var damaged = try readBytes(path)
        damaged[damaged.count - 1000] ^= 1
        try writeBytes(damaged, to: path)
        #expect(
          message { try CheckpointFile(opening: path) }
            == "Cannot read 'model.weights.h5' in '\(path)': damaged: its checksum differs")
      }
    }
  }

  @Test(
    "Shards lie beside the file that names them",
    arguments: [
      (#"["../x.h5"]"#, "names '../x.h5', which is not a file beside this one"),
      (#"["/etc/passwd"]"#, "names '/etc/passwd', which is not a file beside this one"),
      (#"[".."]"#, "names '..', which is not a file beside this one"),
      (#"["a\\b"]"#, "names 'a\\b', which is not a file beside this one"),
      (#"[3]"#, "names '[3]', which is not a file beside this one"),
      (#"7"#, "names '7', which is not a file beside this one"),
      (#"["gone.h5"]"#, "gone.h5': No such file or directory"),
      (#"["w.weights.json"]"#, "w.weights.json': not an HDF5 file"),
      (#"[]"#, "'weight_map' names no file"),
    ])
  func shards(value: String, problem: String) throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/w.weights.json"
      let json = #"{"metadata": {}, "weight_map": {"/layers/dense/vars": \#(value)}}"#
      try writeBytes(Array(json.utf8), to: path)
      let text = message { try CheckpointFile(opening: path) }
      #expect(text.contains(problem), "\(text)")
    }
  }

  @Test("A group that two shards share must not have a variable twice")
  func doubled() throws {
    try withTemporaryDirectory { directory in
      for name in ["a.h5", "b.h5"] {
        try writeFile(to: "\(directory)/\(name)") { root throws(HDF5Error) in
          try root.write([1, 2] as [Float], shape: [2], to: "layers/dense/vars/0")
        }
      }
      let path = "\(directory)/w.json"
      let json = #" {"weight_map": {"/layers/dense/vars": ["a.h5", "b.h5"]}}"#
      try writeBytes(Array(json.utf8), to: path)
      let text = message { try CheckpointFile(opening: path).loadWeights(into: makeSmall()) }
      #expect(text.contains("has a variable that another file has too"), "\(text)")
    }
  }

  private func archive(
    _ members: [(name: String, content: [UInt8])], isAligned: Bool = false
  ) throws -> [UInt8] {
    var zip = ZipWriter()
    var bytes: [UInt8] = []
    for (name, content) in members {
      unsafe bytes += try content.withUnsafeBytes {
        try unsafe zip.header(of: name, content: $0, isAligned: isAligned)
      }
      bytes += content
    }
    return bytes + zip.directory()
  }
}
