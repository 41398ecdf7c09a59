import Checkpoints
import HDF5
import Inspection
import JSON
import TestSupport
import Testing
import Zip

/// Parts of files that run code or lead elsewhere in programs that trust them.
@Suite("Suspicious parts of a file")
struct SuspicionTests {
  private func suspicions(
    config: String? = nil, _ write: (borrowing GroupWriter) throws -> Void = { _ in }
  ) throws -> Suspicions {
    try withTemporaryDirectory { directory in
      try writeFile("\(directory)/a.h5") { root in
        if let config { try root.setAttribute("model_config", .string(config)) }
        try root.write([1, 2] as [Float], shape: [2], to: "layers/dense/vars/0")
        try write(root)
      }
      return try Inspector(opening: "\(directory)/a.h5").suspicions()
    }
  }

  @Test(
    "Files of Keras and of Cairn have none",
    arguments: ["numbers.h5", "tiny_seq_step5.h5", "tiny_fun_step5.weights.h5"])
  func none(name: String) throws {
    let suspicions = try Inspector(opening: fixture(name)).suspicions()
    #expect(suspicions.list == [])
    #expect(suspicions.isSafeInKeras && suspicions.verdict == "yes")
  }

  @Test("No file of Keras in the fixtures is dangerous, but for custom classes none is suspicious")
  func keras() throws {
    for name in ["small.keras", "small.h5", "small_deflated.keras", "nested.keras", "nested.h5"] {
      let path = "\(packageDirectory)/Tests/CheckpointsTests/Fixtures/forms/\(name)"
      let suspicions = try Inspector(opening: path).suspicions()
      #expect(suspicions.list == [], "\(name): \(suspicions.list)")
    }
  }

  @Test(
    "A description with code, foreign modules or files is dangerous",
    arguments: [
      (#"{"class_name": "Lambda", "config": {"name": "x"}}"#, Suspicion.Kind.code),
      (#"{"class_name": "keras>Lambda", "config": {"name": "x"}}"#, .code),
      (#"{"class_name": "TorchModuleWrapper", "config": {"name": "x"}}"#, .code),
      (#"{"class_name": "TFSMLayer", "config": {"name": "x", "filepath": "m"}}"#, .code),
      (
        #"{"class_name": "Dense", "config": {"name": "x", "units": "gASVAAAAAAAAAAAAAAAAAAAAAA"}}"#,
        .code
      ),
      (
        #"{"module": "os", "class_name": "system", "config": {"name": "x", "command": "id"}}"#,
        .module
      ),
      (
        #"{"module": "keras_evil.layers", "class_name": "Dense", "config": {"name": "x"}}"#, .module
      ),
      (
        #"{"class_name": "StringLookup", "config": {"name": "x", "vocabulary": "/etc/passwd"}}"#,
        .path
      ),
      (#"{"class_name": "Dense", "config": {"name": "../x"}}"#, .name),
    ])
  func configs(layer: String, kind: Suspicion.Kind) throws {
    let suspicions = try suspicions(
      config: #"{"class_name": "Sequential", "config": {"name": "s", "layers": [\#(layer)]}}"#)
    #expect(suspicions.list.map(\.kind) == [kind])
    #expect(suspicions.verdict.hasPrefix("no, because '"), "\(suspicions.verdict)")
  }

  @Test("Code in an attribute that nobody reads is named, but not dangerous in Keras")
  func attributes() throws {
    let lambda = #"{"class_name": "Lambda", "config": {"name": "l", "function": "code"}}"#
    let pickle = "gASVAAAAAAAAAAAAAAAAAAAAAA=="
    let suspicions = try suspicions { root in
      try root.setAttribute("old_config", .string(lambda))
      try root.setAttribute("notes", .strings(["trained on Monday", pickle]))
      try root.setAttribute("units", .string("{not JSON"))
    }
    #expect(suspicions.list.map(\.kind) == [.code, .code])
    #expect(
      suspicions.list.map(\.place) == [
        "the attribute 'notes' of /", "the attribute 'old_config' of /",
      ])
    #expect(suspicions.list[1].reason.hasPrefix("'l' is a Lambda"), "\(suspicions.list[1])")
    #expect(suspicions.isSafeInKeras)
  }

  @Test("Code in the settings, values and texts of a run is dangerous, in every form of output")
  func runs() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/a.h5"
      let lambda = try JSON(
        parsing: #"{"class_name": "Lambda", "config": {"name": "l", "function": "code"}}"#)
      let foreign = try JSON(parsing: #"[{"module": "os", "class_name": "system", "config": 1}]"#)
      let pickle = "gAWV" + String(repeating: "A", count: 40)
      let isForeign = "is 'system' of the module 'os', not of Keras"
      let changes: [(String, (inout TrainingState) -> Void)] = [
        ("config_json: 'l' is a Lambda, whose option is", { $0.settings["model"] = lambda }),
        ("values_json: \(isForeign)", { $0.values["x"] = foreign }),
        (
          "changes_json: \(isForeign)",
          { $0.changes = [RunChange(step: 1, name: "x", from: .null, to: foreign)] }
        ),
        ("dataset/records: holds a pickled or", { $0.dataRecords = [pickle] }),
        ("environment: holds a pickled or", { $0.environment["x"] = pickle }),
      ]
      for (reason, change) in changes {
        try saveRun(to: path) { change(&$2) }
        let suspicions = try Inspector(opening: path).suspicions()
        #expect(
          suspicions.verdict.hasPrefix("no, because /training_state/\(reason)"),
          "\(suspicions.verdict)")
        #expect(suspicions.list.count == 1)
      }
      let shown = try inspect("a.h5", in: directory)
      #expect(
        shown.output.contains("\nSuspicious: /training_state/environment: holds a pickled"),
        "\(shown.output)")
      let json = try JSON(parsing: inspect("a.h5", "--json", in: directory).output)
      #expect(json["safe_in_keras"]?["value"] == .bool(false))
      #expect(json["suspicious"]?.array?.first?["kind"] == .string("code"))
      let verified = try inspect("a.h5", "--verify", in: directory)
      #expect(verified.code == 65)
      #expect(
        verified.output.contains("\nNo damage was found, but the file is dangerous.\n"),
        "\(verified.output)")
    }
  }

  @Test("A user's own classes and functions are named, but are not dangerous")
  func custom() throws {
    let suspicions = try suspicions(
      config: """
        {"class_name": "Sequential", "config": {"name": "s", "layers": [
        {"class_name": "A", "registered_name": "My>A", "config": {"name": "a"}},
        {"class_name": "Dense", "config": {"name": "d", "activation":
        {"module": "builtins", "class_name": "function", "config": "mine"}}}]}}
        """)
    #expect(suspicions.list.map(\.kind) == [.custom, .custom])
    #expect(suspicions.isSafeInKeras)
  }

  @Test("Names in dictionaries of inputs and outputs are judged as those of layers")
  func ends() throws {
    let suspicions = try suspicions(
      config: #"""
        {"class_name": "Functional", "config": {"name": "f", "layers": [], "input_layers":
        {"a\u001b": ["a", 0, 0]}, "output_layers": {"../b": ["b", 0, 0], "c": ["c", 0, 0]}}}
        """#)
    #expect(
      suspicions.list.filter { $0.kind == .name }.map(\.description) == [
        "an input of 'f': its name has control characters",
        "an output of 'f': its name is a path that leads elsewhere",
      ])
    #expect(!suspicions.isSafeInKeras)
  }

  @Test("Numbers of outputs of operations are no drives of Windows")
  func drives() throws {
    let dangerous = ["c:w", "C:", "C:\\\\w", "C:/w"]
    for name in ["w:0", "0:0", "kernel:0", ":", "é:w"] + dangerous {
      let suspicions = try suspicions(
        config: """
          {"class_name": "Functional", "config": {"name": "f", "layers": [], "input_layers":
          {"\(name)": ["a", 0, 0]}, "output_layers": []}}
          """)
      let names = suspicions.list.filter { $0.kind == .name }
      #expect(names.contains(where: \.isDangerous) == dangerous.contains(name), "\(name)")
    }
  }

  @Test("A key that comes twice hides a layer, so the description counts as unread")
  func duplicateKeys() throws {
    let suspicions = try suspicions(
      config: #"{"class_name": "Sequential", "class_name": "Lambda", "config": {}}"#)
    #expect(suspicions.list.map(\.kind) == [.unread])
    #expect(
      suspicions.verdict
        == """
        no, because the configuration: The model's configuration cannot be read: an object has the \
        key 'class_name' twice
        """)
  }

  @Test("Storage elsewhere, links, filters and sizes are listed with the objects")
  func objects() throws {
    func kinds(_ path: String) throws -> Set<Suspicion.Kind> {
      Set(try Inspector(opening: path).suspicions().list.map(\.kind))
    }
    #expect(
      try kinds("\(packageDirectory)/Tests/ProgramTests/Fixtures/other_files.h5")
        .isSuperset(of: [.externalLink, .externalStorage, .virtualDataset]))
    #expect(try kinds(fixture("bomb.h5")).isSuperset(of: [.shapeBomb, .filter]))
    #expect(try kinds(fixture("a.h5")) == [.softLink])
    let names = try suspicions { root in
      try root.write([1] as [Float], shape: [1], to: "a\u{202E}b")
    }
    #expect(names.list.map(\.kind) == [.name] && names.isSafeInKeras)
  }

  @Test("Members of an archive with the same name are listed")
  func archives() throws {
    try withTemporaryDirectory { directory in
      let fixture = "\(packageDirectory)/Tests/CheckpointsTests/Fixtures/forms/small.keras"
      let source = try ZipArchive(opening: fixture)
      var writer = ZipWriter()
      var bytes: [UInt8] = []
      let members = source.members.map(\.name) + ["assets/a", "assets/a"]
      for name in members {
        let member = try source.member(named: name)
        let content = try member.map { try source.bytes(of: $0, limit: 1 << 24) } ?? [1]
        bytes += try unsafe content.withUnsafeBytes {
          try unsafe writer.header(of: name, content: $0)
        }
        bytes += content
      }
      try writeBytes(bytes + writer.directory(), to: "\(directory)/a.keras")
      let suspicions = try Inspector(opening: "\(directory)/a.keras").suspicions()
      #expect(suspicions.list.map(\.kind) == [.duplicateMember])
      #expect(suspicions.verdict == "no, because assets/a: is more than once in the archive")
    }
  }

  @Test("inspect shows them, and --verify has the verdict of the programs that load a model")
  func program() throws {
    try withTemporaryDirectory { directory in
      func write(_ config: String) throws {
        try writeFile("\(directory)/a.h5") { root in
          try root.setAttribute("model_config", .string(config))
          try root.write([1, 2] as [Float], shape: [2], to: "layers/dense/vars/0")
        }
      }
      try write(#"{"class_name": "Sequential", "config": {"layers": [{"class_name": "Lambda"}]}}"#)
      let shown = try inspect("a.h5", in: directory)
      #expect(shown.code == 0)
      #expect(
        shown.output.hasSuffix(
          """
          Suspicious: the configuration: is a Lambda, whose option is Python code
          Safe to open in Keras: no, because the configuration: is a Lambda, whose option is \
          Python code

          """), "\(shown.output)")
      let json = try JSON(parsing: inspect("a.h5", "--json", in: directory).output)
      #expect(json["safe_in_keras"]?["value"] == .bool(false))
      #expect(json["suspicious"]?.array?.first?["kind"] == .string("code"))
      let verified = try inspect("a.h5", "--verify", in: directory)
      #expect(verified.code == 65)
      #expect(verified.output.contains("\nNo damage was found, but the file is dangerous.\n"))

      try write(
        #"{"class_name": "Sequential", "config": {"layers": [{"class_name": "Dense", "#
          + #""config": {"name": "dense", "units": 3, "batch_input_shape": [null, 2]}}]}}"#)
      let refused = try inspect("a.h5", "--verify", in: directory)
      #expect(refused.code == 65, "\(refused.output)")
      #expect(refused.output.contains("\nloading    refused: "), "\(refused.output)")
      #expect(
        refused.output.hasSuffix("No damage was found, but its model cannot be loaded.\n"),
        "\(refused.output)")
    }
  }

  @Test(
    "A model that would take all memory is dangerous, whether its layers are known or not",
    arguments: [
      #"{"class_name": "Dense", "config": {"name": "x", "units": 4611686018427387904}}"#,
      #"{"class_name": "Flatten", "config": {"name": "x", "batch_shape": [null, 1000000000, 3]}}"#,
      #"{"class_name": "Embedding", "config": {"name": "x", "batch_shape": [null, 4], "#
        + #""input_dim": 1000000, "output_dim": 1000000}}"#,
      #"{"class_name": "Own", "config": {"name": "x", "units": 3000000000}}"#,
      // More weights than the file has bytes for.
      #"{"class_name": "Dense", "config": {"name": "x", "units": 131072, "#
        + #""batch_shape": [null, 32768]}}"#,
    ])
  func modelBombs(layer: String) throws {
    let suspicions = try suspicions(
      config: #"{"class_name": "Sequential", "config": {"name": "s", "layers": [\#(layer)]}}"#)
    #expect(suspicions.list.map(\.kind) == [.modelBomb], "\(suspicions.list)")
    #expect(!suspicions.isSafeInKeras)
  }

  @Test(
    "Metrics with tables larger than any memory are dangerous",
    arguments: [("MeanIoU", "num_classes", 2_147_483_648), ("AUC", "num_thresholds", 1 << 40)])
  func metricBombs(className: String, option: String, value: Int) throws {
    let suspicions = try suspicions { root in
      try root.setAttribute(
        "training_config",
        .string(
          """
          {"loss": "mse", "metrics": {"a": [{"class_name": "\(className)",
          "config": {"\(option)": \(value)}}], "b": [{"class_name": "AUC",
          "config": {"num_thresholds": 200}}]}}
          """))
    }
    #expect(
      suspicions.list.map(\.description) == [
        "the configuration: the option '\(option)' of a metric means a table larger than any memory"
      ])
    #expect(!suspicions.isSafeInKeras)
  }

  @Test(
    "A layer that calls a function of TensorFlow is code, and dangerous unless it only computes",
    arguments: [
      ("TFOpLambda", "io.read_file", true), ("TFOpLambda", "math.multiply", false),
      ("SlicingOpLambda", "__operators__.getitem", false), ("SlicingOpLambda", "evil", true),
    ])
  func functionsOfTensorFlow(className: String, function: String, isDangerous: Bool) throws {
    let suspicions = try suspicions(
      config: """
        {"class_name": "Sequential", "config": {"name": "s", "layers": [
        {"class_name": "\(className)", "config": {"name": "x", "function": "\(function)"}}]}}
        """)
    #expect(suspicions.list.map(\.kind) == [.code])
    #expect(suspicions.isSafeInKeras != isDangerous)
    #expect(suspicions.list.allSatisfy { "\($0)".contains("'\(function)' of TensorFlow") })
  }

  @Test("An archive whose members are far larger than itself is dangerous")
  func archiveBomb() throws {
    try withTemporaryDirectory { directory in
      let source = try ZipArchive(
        opening: "\(packageDirectory)/Tests/CheckpointsTests/Fixtures/forms/small.keras")
      var writer = ZipWriter()
      var bytes: [UInt8] = []
      for name in source.members.map(\.name) + ["assets/a"] {
        let member = try source.member(named: name)
        let content = try member.map { try source.bytes(of: $0, limit: 1 << 24) } ?? [1]
        bytes += try unsafe content.withUnsafeBytes {
          try unsafe writer.header(of: name, content: $0)
        }
        bytes += content
      }
      let archive = bytes + writer.directory()
      try writeBytes(
        declaring(500 << 20, of: "assets/a", in: archive), to: "\(directory)/a.keras")
      let suspicions = try Inspector(opening: "\(directory)/a.keras").suspicions()
      #expect(suspicions.list.map(\.kind) == [.archiveBomb])
      #expect(suspicions.verdict.hasPrefix("no, because the archive: its members have "))
    }
  }

  @Test("--verify refuses what the programs refuse as damaged, and nothing that they do not know")
  func verdicts() throws {
    try withTemporaryDirectory { directory in
      func verified(_ layer: String) throws -> ProgramResult {
        try writeFile("\(directory)/a.h5") { root in
          try root.setAttribute(
            "model_config",
            .string(#"{"class_name": "Sequential", "config": {"layers": [\#(layer)]}}"#))
          try root.write([1, 2] as [Float], shape: [2], to: "layers/dense/vars/0")
        }
        return try inspect("a.h5", "--verify", in: directory)
      }
      for units in ["-1", "0", "1.5", "\"28\"", "null", "4611686018427387904"] {
        let result = try verified(
          #"{"class_name": "Dense", "config": {"name": "d", "units": \#(units), "#
            + #""batch_shape": [null, 4]}}"#)
        #expect(result.code == 65, "\(units): \(result.output)")
        #expect(result.output.contains("\nloading    refused: "), "\(result.output)")
      }
      for layer in [
        #"{"class_name": "Own", "config": {"name": "d"}}"#,
        #"{"class_name": "Conv2D", "config": {"name": "d", "filters": 1, "kernel_size": 1, "#
          + #""padding": "causal"}}"#,
      ] {
        let result = try verified(layer)
        #expect(result.code == 0, "\(result.output)")
        #expect(result.output.contains("\nloading    not supported: "), "\(result.output)")
      }
    }
  }
}
