import Datasets
import Foundation  // FileManager
import Images
import Tensors
import TestSupport
import Testing

/// IDX files and the arrays of `tools/fixtures/datasets_pictures.py`.
@Suite("Data sources")
struct DataSourceTests {
  /// The error of opening and loading a source.
  static func error(
    _ path: String, test: String? = nil, _ options: LoadingOptions = LoadingOptions()
  ) -> String? {
    do {
      _ = try DataSource(opening: path, testPath: test, options: options).load()
      return nil
    } catch {
      return "\(error)".replacingOccurrences(of: path, with: "PATH")
    }
  }

  // MARK: - IDX

  static let letters: [String: [UInt8]] = [
    "emnist-letters-train-images-idx3-ubyte": idx([3, 1, 2], [1, 2, 3, 4, 5, 6]),
    "emnist-letters-train-labels-idx1-ubyte": idx([3], [1, 26, 2]),
    "emnist-letters-test-images-idx3-ubyte": idx([1, 1, 2], [7, 8]),
    "emnist-letters-test-labels-idx1-ubyte": idx([1], [3]),
  ]

  @Test("MNIST has the digest that checkpoints contain")
  func mnist() throws {
    let folder = "\(packageDirectory)/samples/mnist"
    let source = try DataSource(opening: folder)
    let outline = source.outline
    #expect(outline.form == .idx && outline.counts == [.train: 60_000, .test: 10_000])
    #expect(outline.byteCount == 70_000 * 784 && outline.classNames == nil)
    let data = try source.load()
    let sets = try MNIST.load(from: folder)
    #expect(data.train == sets.train && data.test == sets.test && data.classCount == 10)
    let digest = "06b0d1f124c4e5fa796686ade41a9b778edacc8622f2195a352ef479ad44fc16"
    #expect(data.digest.sha256 == digest)
    #expect(DataDigest.sha256(ofGrayBytes: [sets.train, sets.test]) == digest)
    #expect(LabeledImages(train: sets.train, test: sets.test).digest.sha256 == digest)
    #expect(data.digest.records.map(\.name) == MNISTTests.names)
  }

  @Test("EMNIST's letters are found by name, with labels that begin with 1")
  func emnist() throws {
    try withTemporaryDirectory { folder in
      for (name, bytes) in Self.letters { try write(bytes, to: "\(folder)/\(name)") }
      for path in [folder, "\(folder)/emnist-letters"] {
        let data = try DataSource(opening: path).load()
        #expect(data.train.classes == [1, 26, 2] && data.test?.classes == [3])
        #expect(data.train.bytes == [1, 2, 3, 4, 5, 6])
        #expect(data.classCount == 27)
        #expect(data.classNames?.first == "N/A" && data.classNames?.last == "z")
      }
      try write(idx([3], [1, 27, 2]), to: "\(folder)/emnist-letters-train-labels-idx1-ubyte")
      #expect(
        Self.error(folder)
          == "Cannot use 'PATH/emnist-letters-train-labels-idx1-ubyte': label 1, counted from 0, "
          + "is 27, but classes are 0 to 26")
      for (name, bytes) in Self.letters {
        let other = name.replacingOccurrences(of: "letters", with: "digits")
        try write(bytes, to: "\(folder)/\(other)")
      }
      #expect(
        Self.error(folder)
          == "Cannot use 'PATH': it has the files of several data sets ('emnist-digits', "
          + "'emnist-letters'); add the beginning of the names to the path")
    }
  }

  @Test("IDX files that do not fit are refused with a sentence")
  func damagedIDX() throws {
    try withTemporaryDirectory { folder in
      for (name, bytes) in MNISTTests.files { try write(bytes, to: "\(folder)/\(name)") }
      let digest = try DataSource(opening: folder).load().digest.sha256
      #expect(digest == "3bf28379f94d039a0ff87c4a127cac51bb6971f2ec72b09a83449cbc6f761463")
      try write(idx([1], [8]), to: "\(folder)/t10k-labels-idx1-ubyte")
      #expect(Self.error(folder) == nil)
      try write(idx([1], [10]), to: "\(folder)/t10k-labels-idx1-ubyte")
      #expect(
        Self.error(folder)
          == "Cannot use 'PATH': label 0 of its test set, counted from 0, is 10, but the classes "
          + "of the training set are 0 to 9")
      try write(idx([1, 2, 1], [5, 6]), to: "\(folder)/t10k-images-idx3-ubyte")
      try write(idx([1], [0]), to: "\(folder)/t10k-labels-idx1-ubyte")
      #expect(
        Self.error(folder)
          == "Cannot use 'PATH': the images of its test set differ in size or type from those of "
          + "the training set")
      try FileManager.default.removeItem(atPath: "\(folder)/t10k-labels-idx1-ubyte")
      #expect(
        Self.error(folder)
          == "Cannot use 'PATH': it has no labels beside 'PATH/t10k-images-idx3-ubyte'")
      try FileManager.default.removeItem(atPath: "\(folder)/t10k-images-idx3-ubyte")
      #expect(try DataSource(opening: folder).load().test == nil)
      try write(idx([2], [4, 4]), to: "\(folder)/train-labels-idx1-ubyte")
      #expect(
        Self.error(folder)
          == "Cannot use 'PATH': all its images are of class 4, but at least 2 classes are needed")
      try write(idx([1, 1, 2], [5, 6]), to: "\(folder)/train-images-idx3-ubyte")
      try write(idx([1], [4]), to: "\(folder)/train-labels-idx1-ubyte")
      #expect(Self.error(folder) == "Cannot use 'PATH': it has only 1 image to train on")
    }
  }

  @Test("Images of bytes are brought to another size and colour")
  func preparesArrays() throws {
    var options = LoadingOptions()
    options.size = .init(width: 14, height: 14)
    options.color = .rgb
    let source = try DataSource(opening: fixture("fashion"), options: options)
    #expect(source.outline.height == 14 && source.outline.channels == 3)
    let data = try source.load()
    #expect(data.train.bytes?.count == source.outline.byteCount / 8 * 5)
    let original = try DataSource(opening: fixture("fashion")).load()
    #expect(data.digest == original.digest)
    let pixels = try #require(original.test?.bytes)
    let image = Image(width: 28, height: 28, gray: Array(pixels[784..<1568]))
    let area = 14 * 14 * 3
    let prepared = PicturePreparation(width: 14, height: 14, color: .rgb)(image)
    #expect((data.test?.bytes?[area..<2 * area]).map(Array.init) == prepared)
  }

  // MARK: - Arrays

  static func array(_ name: String) -> String { fixture("arrays/\(name)") }
  static let bytes = (0..<360).map { UInt8($0 * 7 % 256) }

  @Test(
    "Arrays of bytes are read from every container",
    arguments: ["stored.npz", "deflated.npz", "uint8.h5", "int32.npz"])
  func readsBytes(name: String) throws {
    let source = try DataSource(opening: Self.array(name))
    #expect(source.outline.form == (name.hasSuffix("h5") ? .hdf5 : .npz))
    #expect(source.outline.counts == [.train: 6, .test: 6])
    #expect(source.outline.byteCount == 720)
    let data = try source.load()
    #expect(data.train.bytes == Self.bytes || name == "int32.npz")
    #expect((data.train.height, data.train.width, data.train.channels) == (4, 5, 3))
    #expect(data.train.classes == [2, 0, 1, 1, 0, 2])
    #expect(data.test?.classes == [0, 1, 2, 2, 1, 0])
    #expect(
      data.test?.bytes
        == stride(from: 300, through: 0, by: -60).flatMap {
          Self.bytes[$0..<$0 + 60]
        })
    #expect(data.classCount == 3 && data.classNames == nil)
    #expect(data.digest.records.map(\.name) == ["x_train", "y_train", "x_test", "y_test"])
    let (image, label) = try #require(Array(Dataset(data.train)).last)
    #expect(image.shape == [4, 5, 3] && label.scalar == 2)
    #expect(image.scalars.last == Float(Self.bytes[359]) / 255)
  }

  @Test(
    "Arrays of floats are kept as they are",
    arguments: ["float16.npz", "float32-big.npz", "float64.npz", "float32.h5"])
  func readsFloats(name: String) throws {
    let data = try DataSource(opening: Self.array(name)).load()
    let floats = try #require(data.train.floats)
    let expected = Self.bytes.map {
      name.hasPrefix("float16") ? Float(Float16(Float($0) / 255)) : Float($0) / 255
    }
    #expect(floats == expected)
    #expect(data.train.bytes == nil)
    #expect(try DataSource(opening: Self.array(name)).outline.byteCount == 4 * 720)
    let batch = try #require(Array(Dataset(data.train).batch(6)).first)
    #expect(batch.0.shape == [6, 4, 5, 3] && batch.0.scalars == floats)
    var options = LoadingOptions()
    options.size = .init(width: 9, height: 9)
    #expect(
      Self.error(Self.array(name), options)
        == "Cannot use 'PATH': its images have 5 x 4 x 3 floats, which are not brought to another "
        + "size or colour")
  }

  @Test("The digest does not depend on compression, but on every value")
  func digestsArrays() throws {
    func digest(_ name: String) throws -> DataDigest {
      try DataSource(opening: Self.array(name)).load().digest
    }
    #expect(try digest("stored.npz") == digest("deflated.npz"))
    #expect(try digest("stored.npz") == digest("uint8.h5"))
    #expect(try digest("float32.h5").sha256 != digest("float16.npz").sha256)
    #expect(
      try digest("float16.npz").firstDifference(from: digest("float32.h5"))
        == .changed("x_train"))
    // Gray arrays are no IDX files.
    let gray = try DataSource(opening: Self.array("gray.npz")).load()
    #expect(gray.train.channels == 1 && gray.test == nil)
    #expect(gray.digest.sha256 != DataDigest.sha256(ofGrayBytes: [gray.train]))
  }

  @Test("Arrays that cannot be used are refused with a sentence")
  func refusesArrays() throws {
    #expect(
      Self.error(Self.array("pickle.npz"))
        == "Cannot use 'PATH': 'x_train' cannot be read: it holds Python objects, which are "
        + "pickles and never loaded")
    #expect(
      Self.error(Self.array("fields.npz"))
        == "Cannot use 'PATH': 'x_train' cannot be read: it has fields, but only plain numbers "
        + "are read")
    #expect(
      Self.error(Self.array("fortran.npz"))
        == "Cannot use 'PATH': 'x_train' cannot be read: it is in Fortran's order; "
        + "numpy.ascontiguousarray changes that before saving")
    #expect(
      Self.error(Self.array("stored.npz"), test: Self.array("gray.npz"))?
        .hasSuffix(
          "its images have 5 x 4 x 1 bytes, but those of 'PATH' have 5 x 4 x 3 bytes") == true)
    #expect(
      Self.error(fixture("idx/small"))
        == "Cannot use 'PATH': it is an IDX file of images, not a folder of pictures or IDX files, "
        + "an .npz archive or an HDF5 file")
    #expect(Self.error("/nowhere") == "Cannot read 'PATH': No such file or directory")
  }
}
