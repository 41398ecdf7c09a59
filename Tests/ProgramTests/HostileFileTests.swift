import Glibc
import TestSupport
import Testing

@Suite("Files that try to do more than be read")
struct HostileFileTests {
  /// What each program is asked to do with a file; the folder has `data` and the picture `7.png`.
  static let commands: [[String]] = [
    ["inspect", "FILE"], ["inspect", "FILE", "--raw"], ["inspect", "FILE", "--stats"],
    ["inspect", "FILE", "--verify"], ["inspect", "FILE", "--diff", "FILE"],
    ["predict", "7.png", "--model", "FILE"], ["convert", "FILE", "out.keras", "--overwrite"],
    ["train", "--save", "new.h5", "--data", "data", "--resume", "FILE", "--max-steps", "1"],
    // The same by itself: the file is where the run would be saved.
    ["train", "--save", "FILE", "--data", "data", "--max-steps", "1"],
  ]

  @Test("No program opens a file that another one names", arguments: commands)
  func opensNothingElse(command: [String]) throws {
    try withData { folder in
      // Where the file leads by relative paths: to a FIFO, which would never answer.
      let there = "\(folder)/there"
      mkdir(there, 0o777)
      let status = mkfifo("\(there)/target", 0o600)
      #expect(status == 0)
      mkdir("\(there)/plugins", 0o777)
      try writeBytes(try readBytes(fixture("other_files.h5")), to: "\(there)/target.h5")
      try writeBytes(try readBytes(fixture("other_files.h5")), to: "\(folder)/model.h5")
      try writeBytes(
        try readBytes("\(packageDirectory)/samples/7.png"), to: "\(folder)/7.png")
      let watches = (files: try OpenWatch(there), plugins: try OpenWatch("\(there)/plugins"))
      let arguments = command.dropFirst().map {
        ["FILE": "\(folder)/model.h5", "7.png": "\(folder)/7.png", "data": "\(folder)/data"][$0]
          ?? $0
      }
      let result = try run(
        command[0], arguments,
        environment: [
          "HDF5_PLUGIN_PATH": "\(there)/plugins", "HDF5_EXTFILE_PREFIX": there,
          "HDF5_VDS_PREFIX": there, "HDF5_EXT_PREFIX": there,
        ], in: there)
      #expect(result.code != nil, "\(result.whole)")
      let others = watches.files.opened().filter { $0.hasPrefix("target") }
      #expect(others + watches.plugins.opened() == [], "\(result.whole)")
    }
  }

  @Test(
    "A crash in libhdf5, while it reads or frees, becomes an error message and exit code 65",
    arguments: commands, ["crash_inside.h5", "crash_at_exit.h5"])
  func crashes(command: [String], name: String) throws {
    try withData { folder in
      try writeBytes(try readBytes(fixture(name)), to: "\(folder)/bad.h5")
      try writeBytes(try readBytes("\(packageDirectory)/samples/7.png"), to: "\(folder)/7.png")
      let result = try run(
        command[0], command.dropFirst().map { $0 == "FILE" ? "bad.h5" : $0 }, in: folder)
      let errors = result.error.split(separator: "\n").filter { $0.contains("error: ") }
      // What inspect can read it shows; whether libhdf5 crashes on the first file depends on where
      // its memory is. The attributes of the second cannot be read.
      if command[0] != "inspect" || name == "crash_at_exit.h5" && !command.contains("--diff") {
        #expect(errors.count == 1 && result.code != 0, "\(result.whole)")
      }
      // A file that can be read is not the run's own: a new run refuses to replace it.
      let isRefused = command[0] == "train" && result.code == 73
      let isFine = result.code == 65 || isRefused || result.code == 0 && errors.isEmpty
      #expect(isFine, "\(result.whole)")
    }
  }

  @Test(
    "With -v a program notes how the process was confined that read a file",
    arguments: [
      ["predict", "samples/7.png", "--model", "models/quickstart.h5"],
      ["inspect", "models/quickstart.h5"], ["inspect", "models/quickstart.h5", "--verify"],
    ])
  func tellsOfConfinement(command: [String]) throws {
    let quiet = try run(command[0], Array(command.dropFirst()), in: packageDirectory)
    #expect(!quiet.error.contains("without rights"))
    let result = try run(command[0], command.dropFirst() + ["-v"], in: packageDirectory)
    #expect(result.error.contains("in a process without rights, by seccomp, "), "\(result.whole)")
    #expect(result.output == quiet.output && result.code == quiet.code)
  }

  @Test(
    "A limit for the size of files is an error, whatever is written, and never a signal",
    arguments: [
      ["inspect", "models/quickstart.h5"], ["inspect", "models/quickstart.h5", "--verify"],
      ["predict", "samples/7.png", "--model", "models/quickstart.h5"],
    ])
  func limitOfFiles(command: [String]) throws {
    let folder = try sharedTemporaryDirectory()
    // Nothing can be written to a file, and what is read comes through memory.
    let result = try run(
      command[0], Array(command.dropFirst()),
      shell: "ulimit -f 0 && exec \"$@\" > '\(folder)/limit.txt'", in: packageDirectory)
    #expect(result.code == 74, "\(result.whole)")
    #expect(
      result.error.hasSuffix(
        "\(command[0]): error: Cannot write to standard output: File too large\n"),
      "\(result.whole)")
    let piped = try run(
      command[0], Array(command.dropFirst()), shell: "ulimit -f 0 && exec \"$@\"",
      in: packageDirectory)
    #expect(piped.code == 0, "\(piped.whole)")
  }

  @Test(
    "convert and train report it too, and leave nothing",
    arguments: [
      ["convert", "\(packageDirectory)/models/quickstart.h5", "out.keras"],
      ["convert", "\(packageDirectory)/models/quickstart.h5", "out.onnx"],
      ["train", "--save", "out.h5", "--data", "data", "--max-steps", "1", "--save-patience", "0s"],
    ], ["0", "8"])
  func limitOfOutputs(command: [String], limit: String) throws {
    try withData { folder in
      let result = try run(
        command[0], Array(command.dropFirst()), shell: "ulimit -f \(limit) && exec \"$@\"",
        in: folder)
      #expect(result.code == 74, "\(result.whole)")
      #expect(result.error.contains("File too large"), "\(result.whole)")
      #expect(!names(in: folder).contains { $0.hasPrefix("out") })
    }
  }
}
