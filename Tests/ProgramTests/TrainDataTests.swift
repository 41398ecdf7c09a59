import Glibc
import TestSupport
import Testing

@Suite("train refuses data")
struct TrainDataTests {
  @Test("that do not exist")
  func missingFolder() throws {
    try expect(66, "Cannot read 'data': No such file or directory") { directory in
      rename("\(directory)/data", "\(directory)/elsewhere")
    }
  }

  @Test("with a missing file, and names it")
  func missingFile() throws {
    try expect(
      66,
      """
      The folder '<dir>/data' does not hold MNIST; not there, plain or as .gz:
        - train-labels-idx1-ubyte
        - t10k-images-idx3-ubyte
      """
    ) { directory in
      unlink("\(directory)/data/train-labels-idx1-ubyte")
      unlink("\(directory)/data/t10k-images-idx3-ubyte")
    }
  }

  @Test("in a file instead of a folder")
  func notFolder() throws {
    try expect(
      65,
      """
      Cannot use 'data': it is an unknown format, not a folder of pictures or IDX files, an .npz \
      archive or an HDF5 file
      """
    ) { directory in
      rename("\(directory)/data", "\(directory)/elsewhere")
      try writeBytes([1], to: "\(directory)/data")
    }
  }

  @Test("whose header declares more than can be counted")
  func uncountable() throws {
    try withData { directory in
      let path = "\(directory)/data/train-images-idx3-ubyte"
      var bytes = try readBytes(path)
      // The numbers of images, rows and columns.
      bytes.replaceSubrange(4..<16, with: Array(repeating: 0xFF, count: 12))
      try writeBytes(bytes, to: path)
      let result = try run("train", trainArguments([]), in: directory)
      #expect(result.code == 65, "\(result.whole)")
      #expect(result.error.hasPrefix("train: error: "), "\(result.whole)")
    }
  }

  @Test("in a file that is a folder")
  func folder() throws {
    let path = "<dir>/data/t10k-labels-idx1-ubyte"
    try expect(66, "Cannot read '\(path)': it is a directory, not a regular file") { directory in
      unlink("\(directory)/data/t10k-labels-idx1-ubyte")
      mkdir("\(directory)/data/t10k-labels-idx1-ubyte", 0o777)
    }
  }

  @Test("that are not IDX")
  func notIDX() throws {
    try expect(
      65,
      """
      Cannot use '<dir>/data/train-images-idx3-ubyte': it is not an IDX file: it starts with \
      89 50 4e 47
      """
    ) { directory in
      try writeBytes(
        try readBytes("\(packageDirectory)/samples/7.png"),
        to: "\(directory)/data/train-images-idx3-ubyte")
    }
  }

  @Test("that are truncated")
  func truncated() throws {
    try expect(
      65,
      """
      Cannot use '<dir>/data/t10k-images-idx3-ubyte': its header declares 50176 bytes, but it can \
      hold at most 1016
      """
    ) { directory in
      let path = "\(directory)/data/t10k-images-idx3-ubyte"
      try writeBytes(Array(try readBytes(path).prefix(1016)), to: path)
    }
  }

  @Test("with more or fewer labels than pictures")
  func count() throws {
    try expect(
      65,
      """
      Cannot use '<dir>/data/train-labels-idx1-ubyte': it holds 319 labels, but \
      '<dir>/data/train-images-idx3-ubyte' holds 320 pictures
      """
    ) { directory in
      try writeBytes(
        idx([319]) + [UInt8](repeating: 1, count: 319),
        to: "\(directory)/data/train-labels-idx1-ubyte")
    }
  }

  @Test("with a label that is not a digit")
  func label() throws {
    try expect(
      65,
      """
      Cannot use '<dir>/data': label 7 of its test set, counted from 0, is 10, but the classes of \
      the training set are 0 to 9
      """
    ) { directory in
      var labels = [UInt8](repeating: 1, count: 64)
      labels[7] = 10
      try writeBytes(idx([64]) + labels, to: "\(directory)/data/t10k-labels-idx1-ubyte")
    }
  }

  @Test("with pictures that are too small for the model")
  func size() throws {
    try expect(
      65,
      """
      The model quickstart needs pictures of at least 3 by 3 pixels, but these are 2 by 2
      """
    ) { directory in
      try writeData(in: directory, side: 2)
    }
  }

  @Test("that are in none of the default folders, and lists these")
  func notFound() throws {
    try withTemporaryDirectory { directory in
      let result = try run(
        "train", ["--save", "c.h5"],
        environment: ["CAIRN_DATA": "\(directory)/named", "HOME": directory], in: directory)
      #expect(
        result.whole
          == "exit 66\ntrain: error: Cannot read '\(directory)/named': No such file or directory\n")
      #expect(names(in: directory) == [])
    }
  }

  /// Spoils the data, trains, and compares exit code and message.
  private func expect(
    _ code: Int32, _ message: String, sourceLocation: SourceLocation = #_sourceLocation,
    spoil: (String) throws -> Void
  ) throws {
    try withData { directory in
      try spoil(directory)
      let result = try train(in: directory)
      let expected = message.split(separator: "<dir>", omittingEmptySubsequences: false)
        .joined(separator: directory)
      #expect(
        result.whole == "exit \(code)\ntrain: error: \(expected)\n",
        sourceLocation: sourceLocation)
      #expect(!names(in: directory).contains("ckpt.h5"), sourceLocation: sourceLocation)
    }
  }
}
