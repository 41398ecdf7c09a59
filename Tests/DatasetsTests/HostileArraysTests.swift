import Datasets
import TestSupport
import Testing
import Zip

/// Arrays that are written here, byte by byte.
@Suite("Hostile arrays")
struct HostileArraysTests {
  /// The bytes of an array in the format .npy.
  static func npy(_ type: String, _ shape: [Int], _ bytes: [UInt8]) -> [UInt8] {
    let extents = shape.map { "\($0), " }.joined()
    return npy(header: "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(extents)), }")
      + bytes
  }

  static func npy(header: String) -> [UInt8] {
    [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count & 255)]
      + [UInt8(header.utf8.count >> 8)] + Array(header.utf8)
  }

  /// The error of an archive of four images with changes.
  static func error(_ changes: [String: [UInt8]]) throws -> String? {
    var arrays = [
      "x_train": npy("|u1", [4, 1, 2], [1, 2, 3, 4, 5, 6, 7, 8]),
      "y_train": npy("|u1", [4], [0, 1, 0, 1]),
    ]
    arrays.merge(changes) { $1 }
    return try withTemporaryDirectory { folder in
      let path = "\(folder)/a.npz"
      try writeBytes(try archive(arrays), to: path)
      return DataSourceTests.error(path)
    }
  }

  static func archive(_ arrays: [String: [UInt8]]) throws -> [UInt8] {
    var writer = ZipWriter()
    var archive: [UInt8] = []
    for (name, bytes) in arrays.sorted(by: { $0.key < $1.key }) {
      archive += try unsafe bytes.withUnsafeBytes {
        try unsafe writer.header(of: name + ".npy", content: $0)
      }
      archive += bytes
    }
    return archive + writer.directory()
  }

  static func label(_ index: Int, _ value: String) -> String {
    "Cannot use 'PATH': label \(index) of 'y_train', counted from 0, is \(value), but classes are "
      + "whole numbers from 0 to 65535"
  }

  @Test("An array that would expand too much is refused before it is unpacked")
  func expansion() throws {
    try withTemporaryDirectory { folder in
      let path = "\(folder)/a.npz"
      let header = Self.npy("|u1", [1 << 16, 32, 32], [])
      // A block of deflate that is stored as it is, and the first of several.
      let block: [UInt8] = header + Array(repeating: 0, count: 0xFFFF - header.count)
      let archive = try Self.archive([
        "x_train": [0, 0xFF, 0xFF, 0, 0] + block, "y_train": Self.npy("|u1", [4], [0, 1, 0, 1]),
      ])
      let count = header.count + (1 << 16) * 32 * 32
      try writeBytes(declaring(count, of: "x_train.npy", in: archive), to: path)
      let error = DataSourceTests.error(path) ?? ""
      #expect(
        error.hasSuffix("too large: \(count) bytes, the limit is 67108864"), "\(error)")
    }
  }

  @Test("Labels that are no classes are refused")
  func labels() throws {
    #expect(try Self.error([:]) == nil)
    #expect(
      try Self.error(["y_train": Self.npy("|i1", [4], [0, 1, 255, 1])]) == Self.label(2, "-1"))
    let large = Self.npy("<u4", [4], [0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0])
    #expect(try Self.error(["y_train": large]) == Self.label(2, "65536"))
    let half = Self.npy("<f2", [4], [0, 0, 0, 0x3C, 0, 0x38, 0, 0])
    #expect(try Self.error(["y_train": half]) == Self.label(2, "0.5"))
    let infinite = Self.npy("<f2", [4], [0, 0, 0, 0x3C, 0, 0x7C, 0, 0])
    #expect(try Self.error(["y_train": infinite]) == Self.label(2, "inf"))
    #expect(
      try Self.error(["y_train": Self.npy("|u1", [2, 2], [0, 1, 0, 1])])
        == "Cannot use 'PATH': the shape of 'y_train' is [2, 2], but labels are whole numbers of "
        + "shape [count] or [count, 1]")
    #expect(
      try Self.error(["y_train": Self.npy("|u1", [3], [0, 1, 0])])
        == "Cannot use 'PATH': 'x_train' holds 4 images, but there are 3 labels")
    #expect(
      try Self.error([
        "x_test": Self.npy("|u1", [1, 1, 2], [1, 2]), "y_test": Self.npy("|u1", [1], [2]),
      ])
        == "Cannot use 'PATH': label 0 of its test set, counted from 0, is 2, but the classes of "
        + "the training set are 0 to 1")
  }

  @Test("Pixels that are no numbers of the range are refused")
  func pixels() throws {
    let many = Self.npy("<i2", [4, 1, 1], [0, 0, 1, 0, 44, 1, 0, 0])
    #expect(
      try Self.error(["x_train": many])
        == "Cannot use 'PATH': element 2 of 'x_train' is 300, but whole numbers must be 0 to 255 "
        + "there; floats may have any value")
    let nan = Self.npy("<f2", [4, 1, 1], [0, 0, 0, 0x7E, 0, 0, 0, 0])
    #expect(
      try Self.error(["x_train": nan])
        == "Cannot use 'PATH': element 1 of 'x_train' is nan")
    #expect(
      try Self.error(["x_train": Self.npy("|u1", [4, 2], [1, 2, 3, 4, 5, 6, 7, 8])])
        == "Cannot use 'PATH': the shape of 'x_train' is [4, 2], not [count, height, width] or "
        + "[count, height, width, channels]")
  }

  @Test("Headers that lie are refused without allocating memory")
  func headers() throws {
    func message(_ cause: String) -> String {
      "Cannot use 'PATH': 'x_train' cannot be read: \(cause)"
    }
    func error(_ bytes: [UInt8]) throws -> String? { try Self.error(["x_train": bytes]) }
    #expect(
      try error(Self.npy("|u1", [1 << 40, 1 << 20, 1], [1]))
        == message("its shape [\(1 << 40), \(1 << 20), 1] does not fit its 1 bytes"))
    #expect(
      try error(Self.npy("<f8", [1 << 62, 1 << 62, 1], [1]))?.contains("does not fit") == true)
    #expect(try error(Array("x".utf8)) == message("it is not a NumPy array"))
    #expect(
      try error(Self.npy("|O", [4, 1, 2], [0x80, 4, 0x2E]))
        == message("it holds Python objects, which are pickles and never loaded"))
    #expect(
      try error(Self.npy("<U8", [4, 1, 2], []))
        == message("its elements of type '<U8' are no plain numbers"))
    for header in [
      "", "{", "{'descr': '|u1'", "{'shape': (1,", "{'shape': (-1,)}", "{'a': 1}", "[]",
    ] {
      #expect(
        try error(Self.npy(header: header))?.hasPrefix(message("its header")) == true, "\(header)")
    }
    #expect(
      try error([0x93] + Array("NUMPY".utf8) + [2, 0, 255, 255, 255, 255])
        == message("its header of 4294967295 bytes is truncated or too long"))
    #expect(
      try error([0x93] + Array("NUMPY".utf8) + [9, 0, 255, 255, 255, 255])
        == message("version 9 of the format .npy is not supported"))
  }

  @Test("Members are needed by name, and paths are no names")
  func names() throws {
    try withTemporaryDirectory { folder in
      let path = "\(folder)/a.npz"
      try writeBytes(try Self.archive(["images": Self.npy("|u1", [1], [1])]), to: path)
      #expect(
        DataSourceTests.error(path)
          == "Cannot use 'PATH': it has no array 'x_train', only 'images'")
      try writeBytes(try Self.archive(["x_train": Self.npy("|u1", [1], [1])]), to: path)
      #expect(
        DataSourceTests.error(path)
          == "Cannot use 'PATH': it has no array 'y_train', only 'x_train'")
      // The name is changed in both places, as no writer would do.
      var bytes = try Self.archive(["xx_train": Self.npy("|u1", [1], [1])])
      let name = Array("xx_train".utf8)
      for start in bytes.indices.dropLast(8) where bytes[start..<start + 8].elementsEqual(name) {
        bytes.replaceSubrange(start..<start + 8, with: Array("../train".utf8))
      }
      try writeBytes(bytes, to: path)
      #expect(
        DataSourceTests.error(path)
          == "Cannot use 'PATH': not allowed: a member named '../train.npy', which points outside "
          + "of the archive")
    }
  }
}
