import TestSupport
import Testing

@Suite("inspect's errors")
struct ErrorTests {
  @Test(
    "Names the format of a file that is not HDF5",
    arguments: [
      ([], "Cannot open 'file': the file is empty"),
      (
        [0x50, 0x4B, 3, 4],
        "Cannot open 'file': not a complete zip archive"
      ),
      (
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A],
        "Cannot open 'file': it is a PNG image, not an HDF5 file"
      ),
      (
        [0x1F, 0x8B, 8, 0], "Cannot open 'file': it is gzip data, not an HDF5 file"
      ),
      (
        Array("version https://git-lfs.github.com/spec/v1\n".utf8),
        "Cannot open 'file': it is a Git LFS pointer ('git lfs pull' fetches the file itself), "
          + "not an HDF5 file"
      ),
      (Array("Grüße\n".utf8), "Cannot open 'file': it is text, not an HDF5 file"),
      ([0x00, 0xFF, 0x13, 0x37], "Cannot open 'file': not an HDF5 file"),
    ] as [([UInt8], String)])
  func otherFiles(bytes: [UInt8], message: String) throws {
    try withTemporaryDirectory { directory in
      try writeBytes(bytes, to: "\(directory)/file")
      let result = try inspect("file", in: directory)
      #expect(result.error == "inspect: error: \(message)\n")
      #expect(result.output == "")
      #expect(result.code == 65)
    }
  }

  @Test("Reports the missing bytes of a truncated file")
  func truncated() throws {
    try withTemporaryDirectory { directory in
      let bytes = try readBytes(fixture("objects.h5"))
      try writeBytes(Array(bytes.prefix(5000)), to: "\(directory)/file")
      let result = try inspect("file", in: directory)
      #expect(
        result.error == """
          inspect: error: Cannot open 'file': truncated: 5000 bytes, the header says \
          \(bytes.count)

          """)
      #expect(result.code == 65)
    }
  }

  @Test("Exits with 66 for a missing file and for a folder")
  func missing() throws {
    let missing = try inspect("nowhere.h5")
    #expect(
      missing.error == "inspect: error: Cannot open 'nowhere.h5': No such file or directory\n")
    #expect(missing.code == 66)
    let folder = try inspect(".")
    #expect(folder.error.hasPrefix("inspect: error: Cannot open '.': "))
    #expect(folder.code == 66)
  }

  @Test(
    "Names a missing object, and suggests the most similar name",
    arguments: [
      (
        "d1/kernal",
        "Cannot find 'd1/kernal' in 'tiny_sub_step5.weights.h5'; did you mean 'd1/kernel'?"
      ),
      (
        "/d1/vars/9",
        "Cannot find '/d1/vars/9' in 'tiny_sub_step5.weights.h5'; did you mean '/d1/vars/0'?"
      ),
      ("conv2d_transpose", "Cannot find 'conv2d_transpose' in 'tiny_sub_step5.weights.h5'"),
      ("q", "Cannot find 'q' in 'tiny_sub_step5.weights.h5'"),
    ])
  func noSuchObject(name: String, message: String) throws {
    for arguments in [["--raw", name], ["--stats", name], ["--slice", "\(name)[0]"]] {
      let result = try inspect("tiny_sub_step5.weights.h5", arguments[0], arguments[1])
      #expect(result.error == "inspect: error: \(message)\n")
      #expect(result.code == 65)
    }
  }

  @Test("Reports the type of a dataset that is not numeric")
  func notNumbers() throws {
    let result = try inspect("numbers.h5", "--stats", "words")
    #expect(
      result.error
        == "inspect: error: Cannot read 'words' in 'numbers.h5': it holds string, UTF-8, not "
        + "numbers\n"
    )
    #expect(result.code == 65)
  }

  @Test(
    "Exits with 64 on wrong usage",
    arguments: [
      ["numbers.h5", "--nope"], ["--raw"], ["numbers.h5", "--slice", "bytes[a]"],
      ["numbers.h5", "words", "--slice", "bytes[0]"], ["numbers.h5", "--color", "red"],
    ])
  func usage(arguments: [String]) throws {
    let padded = arguments + [String](repeating: "--json", count: 4 - arguments.count)
    let result = try inspect(padded[0], padded[1], padded[2], padded[3])
    #expect(result.code == 64)
    #expect(result.output == "")
    #expect(!result.error.isEmpty)
  }

  @Test(
    "Exits with 64 on flags that cannot be combined, and says so",
    arguments: [
      (
        ["--diff", "b.h5", "--raw"],
        "--diff compares whole files and cannot be combined with PATH, --raw, --stats or --slice."
      ),
      (
        ["words", "--diff", "b.h5"],
        "--diff compares whole files and cannot be combined with PATH, --raw, --stats or --slice."
      ),
      (["--rtol", "0.1", "--json"], "--rtol, --atol and --ignore require --diff."),
      (["--ignore", "optimizer", "--json"], "--rtol, --atol and --ignore require --diff."),
      (
        ["--verify", "--stats", "--json"],
        "--verify checks the whole file and cannot be combined with PATH, --raw, --stats, --slice "
          + "or --diff."
      ),
      (
        ["--verify", "--diff", "b.h5"],
        "--verify checks the whole file and cannot be combined with PATH, --raw, --stats, --slice "
          + "or --diff."
      ),
      (["--diff=b.h5", "--rtol=-1", "--json"], "`--rtol` must be a number from 0, but is -1.0."),
      (["--diff=b.h5", "--atol=nan", "--json"], "`--atol` must be a number from 0, but is nan."),
      (["--diff=b.h5", "--rtol=inf", "--json"], "`--rtol` must be a number from 0, but is inf."),
    ])
  func combinations(arguments: [String], message: String) throws {
    let result = try inspect("numbers.h5", arguments[0], arguments[1], arguments[2])
    #expect(result.error.hasPrefix("inspect: error: \(message)\n"))
    #expect(result.output == "")
    #expect(result.code == 64)
  }

  @Test("Help begins with three examples, and the version names the program")
  func help() throws {
    let help = try inspect("--help")
    #expect(help.code == 0)
    #expect(
      help.output.hasPrefix(
        """
        OVERVIEW: Shows, verifies and compares checkpoints, Keras models and HDF5
        files.

        EXAMPLES:
          inspect ckpt.h5
          inspect ckpt.h5 --verify
          inspect ckpt.h5 --diff model.keras --ignore training_state

        """))
    #expect(try inspect("--version").output.hasPrefix("inspect "))
  }

  @Test("Does not follow soft and external links")
  func links() throws {
    let result = try inspect("objects.h5", "--slice", "soft[0]")
    #expect(
      result.error == """
        inspect: error: Cannot open '/soft' in 'objects.h5': a soft link to '/data/plain' is not \
        followed

        """)
    #expect(result.code == 65)
  }
}
