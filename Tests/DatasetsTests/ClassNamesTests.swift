import Datasets
import TestSupport
import Testing

/// The names of classes in arrays, and in files beside IDX files.
@Suite("Names of classes")
struct ClassNamesTests {
  private static let arrays = "\(packageDirectory)/Tests/DatasetsTests/Fixtures/arrays"

  @Test(
    "are read from arrays of texts that NumPy and h5py write",
    arguments: ["named.npz", "named-bytes.npz", "named-big.npz", "named.h5", "named-fixed.h5"])
  func arrays(file: String) throws {
    let source = try DataSource(opening: "\(Self.arrays)/\(file)")
    #expect(source.outline.classNames == ["cat", "Igel 🦔", "dog", "é"], "\(file)")
    let data = try source.load()
    #expect(data.classNames == ["cat", "Igel 🦔", "dog", "é"] && data.classCount == 4)
    #expect(data.digest.records.map(\.name).first == "class_names")
  }

  @Test("make the digest another one if they change")
  func digest() throws {
    let stored = try DataSource(opening: "\(Self.arrays)/stored.npz").load().digest
    let named = try DataSource(opening: "\(Self.arrays)/named.npz").load().digest
    let bytes = try DataSource(opening: "\(Self.arrays)/named-bytes.npz").load().digest
    #expect(named == bytes)
    #expect(named.firstDifference(from: stored) == .added("class_names"))
    #expect(stored.firstDifference(from: named) == .missing("class_names"))
  }

  @Test(
    "are refused with a sentence if they are none",
    arguments: [
      ("named-objects.npz", "it holds Python objects, which are pickles and never loaded"),
      ("named-numbers.npz", "its elements of type '<i8' are no texts"),
      ("named-few.npz", "is 2, but 'class_names' has 2 names"),
      ("named-twice.npz", "'class_names' cannot be used: the names 1 and 3 are both 'cat'"),
      ("named-matrix.npz", "it must be texts in UTF-8 or UTF-32 of the shape [count]"),
    ])
  func wrongArrays(file: String, message: String) {
    let error = DataSourceTests.error("\(Self.arrays)/\(file)")
    #expect(error?.contains(message) == true, "\(error ?? "no error")")
  }

  /// Writes three images with the labels 0 to 2, and a file beside them.
  private func withFiles(
    prefix: String = "", _ name: String, _ text: String, _ body: (String) throws -> Void
  ) throws {
    try withTemporaryDirectory { folder in
      try writeBytes(
        idx([3, 1, 2]) + [1, 2, 3, 4, 5, 6], to: "\(folder)/\(prefix)train-images-idx3-ubyte")
      try writeBytes(idx([3]) + [0, 1, 2], to: "\(folder)/\(prefix)train-labels-idx1-ubyte")
      try writeBytes(Array(text.utf8), to: "\(folder)/\(name)")
      try body(folder)
    }
  }

  @Test(
    "are read from a file beside IDX files",
    arguments: [
      (
        "", "classes.txt", "T-shirt/top\nTrouser\nPullover\n",
        ["T-shirt/top", "Trouser", "Pullover"]
      ),
      ("", "labels.txt", "\u{FEFF}a b\r\nc\r\nd\r\n\r\n", ["a b", "c", "d"]),
      ("", "class_names.txt", "x\ny\nz\nw", ["x", "y", "z", "w"]),
      ("pets-", "pets-classes.txt", "x\ny\nz", ["x", "y", "z"]),
      ("pets-", "pets_classes.txt", "x\ny\nz", ["x", "y", "z"]),
      ("pets-", "labels.txt", "x\ny\nz", ["x", "y", "z"]),
      ("emnist-new-", "emnist-new-mapping.txt", "0 48\n1 65 97\n2 98\n", ["0", "A/a", "b"]),
      ("", "mapping.txt", "1 65\n2 66\n", ["N/A", "A", "B"]),
      (
        "", "kmnist_classmap.csv", "index,codepoint,char\n0,U+304A,お\n1,U+304D,き\n2,U+3059,す\n",
        ["お", "き", "す"]
      ),
    ])
  func files(prefix: String, name: String, text: String, names: [String]) throws {
    try withFiles(prefix: prefix, name, text) { folder in
      let data = try DataSource(opening: folder).load()
      #expect(data.classNames == names)
      #expect(data.classCount == names.count)
    }
  }

  @Test("leave the names and the digest of EMNIST's splits as they are")
  func splits() throws {
    try withFiles(prefix: "emnist-letters-", "emnist-letters-mapping.txt", "1 65 97\n2 66 98") {
      folder in
      let data = try DataSource(opening: folder).load()
      #expect(data.classNames?.prefix(2) == ["N/A", "a"])
    }
    var digests: Set<String> = []
    for name in ["classes.txt", "README"] {
      try withFiles(name, "x\ny\nz") { folder in
        digests.insert(try DataSource(opening: folder).load().digest.sha256)
      }
    }
    #expect(digests.count == 1)
  }

  @Test(
    "are refused with a sentence if a file has none",
    arguments: [
      ("classes.txt", "a\nb\n", "label 2, counted from 0, is 2, but classes are 0 to 1"),
      ("classes.txt", "a\nb\na\n", "the names 1 and 3 are both 'a'"),
      ("labels.txt", "", "it has no names"), ("labels.txt", "a\n\u{1B}[1m\nb", "control character"),
      ("labels.txt", String(repeating: "y", count: 1_100_000), "it has more than 1048576 bytes"),
      ("mapping.txt", "0 48\n0 49\n", "it is no table of labels and characters"),
      ("mapping.txt", "0 48\n5 49\n", "it is no table of labels and characters"),
      ("mapping.txt", "0 99999999\n", "it is no table of labels and characters"),
      ("kmnist_classmap.csv", "0,1,2\n", "it is no table of labels and characters"),
    ])
  func wrongFiles(name: String, text: String, message: String) throws {
    try withFiles(name, text) { folder in
      let error = DataSourceTests.error(folder)
      #expect(error?.contains(message) == true, "\(error ?? "no error")")
    }
  }
}
