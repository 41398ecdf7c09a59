import HDF5
import Inspection
import JSON
import TestSupport
import Testing

/// Files that could make a reader hang, exhaust memory or print control characters.
@Suite("Hostile files")
struct HostileFileTests {
  @Test("Cycles of hard links end, and every layer is counted once")
  func cycles() throws {
    let inspector = try Inspector(opening: fixture("cycles.h5"))
    #expect(inspector.report.model?.layers.map(\.name) == ["dense"])
    #expect(inspector.report.model?.parameterCount == 6)
    let objects = try inspector.objects()
    #expect(objects.omission == nil)
    #expect(
      objects.objects.map(\.path) == [
        "/", "/layers", "/layers/dense", "/layers/dense/again", "/layers/dense/self",
        "/layers/dense/vars", "/layers/dense/vars/0", "/root",
      ])
    #expect(try inspector.statistics().datasets.count == 1)
  }

  @Test("Follows nested groups up to a limit")
  func depth() throws {
    try withTemporaryDirectory { directory in
      try writeFile("\(directory)/a.h5") { root in
        try root.createGroup([String](repeating: "g", count: 300).joined(separator: "/"))
      }
      let inspector = try Inspector(opening: "\(directory)/a.h5")
      #expect(inspector.report.kind == .hdf5)
      let list = try inspector.objects()
      #expect(list.objects.count == 33)
      #expect(list.omission == "groups more than 32 deep are not looked into")
    }
  }

  @Test("Limits the number of listed objects, and says so")
  func objects() throws {
    try withTemporaryDirectory { directory in
      try writeFile("\(directory)/a.h5") { root in
        for group in ["a", "b"] {
          try root.write(Float(1), to: "\(group)/0")
          for index in 1..<40_000 { try root.hardLink(from: "\(group)/0", to: "\(group)/\(index)") }
        }
      }
      let list = try Inspector(opening: "\(directory)/a.h5").objects()
      #expect(list.objects.count == 65_536)
      #expect(list.omission == "more than 65536 objects are not looked at")
    }
  }

  @Test("Limits the total size of attributes")
  func attributes() throws {
    try withTemporaryDirectory { directory in
      let text = String(repeating: "x", count: 60_000)
      try writeFile("\(directory)/a.h5") { root in
        for index in 0..<600 {
          try root.createGroup("g\(index)").setAttribute("a", .string(text))
        }
      }
      let list = try Inspector(opening: "\(directory)/a.h5").objects()
      #expect(list.objects.count { !$0.attributes.isEmpty } == 560)
      #expect(list.omission == "names and attributes of more than 32 MiB are not looked at")
    }
  }

  @Test("Reports invalid configs as problems, and continues")
  func configurations() throws {
    let report = try Inspector(opening: fixture("configuration.h5")).report
    #expect(report.model?.parameterCount == 6)
    #expect(
      report.model?.configurationProblem
        == "The model's configuration cannot be read: its values are nested deeper than 64 levels")
    let odd = """
      {"class_name":"Sequential","config":{"layers":[{"class_name":"Dense","config":{"units":\
      -1}},{"class_name":"\\u001b[2J"},{"class_name":3},7]}}
      """
    try withTemporaryDirectory { directory in
      try writeFile("\(directory)/a.h5") { root in
        try root.setAttribute("model_config", .string(odd))
        try root.write([1, 2] as [Float], shape: [2], to: "layers/dense/vars/0")
      }
      let result = try inspect("a.h5", in: directory)
      #expect(result.code == 0)
      #expect(
        result.output.contains("\ndense  Dense    ?                2   8 B  float32\n"))
      #expect(result.output.contains("\\x1B[2J"))
      #expect(!result.output.contains("\u{1B}"))
    }
  }

  @Test("Reads no more elements than a file of its size can be expected to have")
  func expansion() throws {
    try withTemporaryDirectory { directory in
      try writeFile("\(directory)/a.h5") { root in
        let zeros = [Float](repeating: 0, count: 1 << 21)
        try root.write(zeros, shape: [1 << 21], to: "layers/dense/vars/0")
        for index in 1...40 {
          try root.hardLink(
            from: "layers/dense/vars/0", to: "layers/dense_\(index)/vars/0")
        }
      }
      let statistics = try Inspector(opening: "\(directory)/a.h5").statistics()
      #expect(statistics.datasets.count == 41)
      let problems = statistics.datasets.compactMap(\.problem)
      let reason = "the datasets that are read would have more than 134217728 bytes together"
      #expect(problems == Array(repeating: "too large: \(reason)", count: 25))
    }
  }

  @Test("Rejects a history that is too long or has too many names")
  func history() throws {
    let report = try Inspector(opening: fixture("history.h5")).report
    #expect(report.training == nil)
    #expect(
      report.problems == [
        "Cannot use '\(fixture("history.h5"))': '/training_state/history/loss' has 2000000 values, "
          + "more than 1048576"
      ])
  }

  @Test("Skips datasets that declare more elements than are stored, and reads the others")
  func bomb() throws {
    let result = try inspect("bomb.h5", "--stats")
    #expect(result.code == 65)
    #expect(
      result.error == """
        inspect: error: Cannot read '/unreadable' in 'bomb.h5': not allowed: the filter \
        'scaleoffset', only deflate, shuffle and fletcher32 are read
        inspect: error: Cannot read '/zeros' in 'bomb.h5': too large: it declares 17179869184 \
        bytes but stores 0

        """)
    #expect(
      result.output.contains("\n/fine        1.000  1.000  1.000    0  1.732   0.0%          █\n"))
    #expect(
      result.output.contains("\n/unreadable                                          not read\n"))
  }

  @Test("Rejects a slice of millions of elements before reading it")
  func largeSlice() throws {
    let inspector = try Inspector(opening: fixture("bomb.h5"))
    #expect {
      _ = try inspector.values("zeros")
    } throws: { error in
      "\(error)"
        == "Cannot take 'zeros': it has 4294967296 elements, but at most 1048576 can be shown"
    }
  }

  @Test("--raw and --diff print a bounded part of a file with very many objects, and say so")
  func boundedOutput() throws {
    try withTemporaryDirectory { directory in
      let name = String(repeating: "n", count: 1000)
      try writeFile("\(directory)/a.h5") { root in
        for index in 0..<4000 { try root.write(Float(1), to: "\(name)\(index)") }
        let config = "{\"a\": [" + String(repeating: "{\"b\": 1}, ", count: 90_000) + "1]}"
        try root.setAttribute("model_config", .string(config))
        try root.setAttribute("names", .string(String(repeating: "x", count: 100_000)))
      }
      try writeFile("\(directory)/b.h5") { root in try root.write(Float(1), to: "b") }
      let raw = try inspect("a.h5", "--raw", in: directory)
      #expect(raw.code == 0 && raw.outputBytes.count < 3 << 20)
      #expect(raw.output.contains("x\" and 34,464 more bytes; --json has all\n"))
      #expect(raw.output.contains("(--json has all of it)\n"))
      #expect(raw.output.contains(" more objects; --json lists all)\n"))
      let diff = try inspect("a.h5", "--diff", "b.h5", in: directory)
      #expect(diff.code == 1 && diff.outputBytes.count < 1 << 20, "\(diff.error)")
      #expect(diff.output.contains("\nand 3,001 more differences; --json lists all\n"))
      let json = try JSON(
        parsing: try inspect("a.h5", "--diff", "b.h5", "--json", in: directory).output)
      #expect(json["tensors"]?.array?.count == 4001)
    }
  }

  @Test("A description has the same limit in HDF5 files as in archives and as JSON")
  func longDescription() throws {
    try withTemporaryDirectory { directory in
      let blanks = String(repeating: " ", count: 16 << 20)
      try writeFile("\(directory)/a.h5") { root in
        try root.setAttribute(
          "model_config", .string(#"{"class_name": "Sequential", "config": {}}"# + blanks))
        try root.write([1, 2] as [Float], shape: [2], to: "layers/dense/vars/0")
      }
      let result = try inspect("a.h5", "--verify", in: directory)
      #expect(result.code == 65)
      #expect(result.output.contains("strings of 16777258 bytes, the limit is 16777216"))
      #expect(result.output.contains("Safe to open in Keras: no, because"))
    }
  }
}
