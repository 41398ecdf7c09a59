import CZlib
import Datasets
import Foundation
import Tensors
import TestSupport
import Testing

@Suite("MNIST")
struct MNISTTests {
  static let names = [
    "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
  ]

  /// The files of a data set that can be read, by name: two pictures to train on, one to test on.
  static let files: [String: [UInt8]] = [
    "train-images-idx3-ubyte": idx([2, 1, 2], [1, 2, 3, 4]),
    "train-labels-idx1-ubyte": idx([2], [9, 0]),
    "t10k-images-idx3-ubyte": idx([1, 1, 2], [5, 6]),
    "t10k-labels-idx1-ubyte": idx([1], [3]),
  ]

  /// Loads a data set in which one file is another; returns the error with names for paths.
  func error(replacing name: String, with bytes: [UInt8]) throws -> String {
    try withTemporaryDirectory { directory in
      for (name, bytes) in Self.files { try write(bytes, to: "\(directory)/\(name)") }
      try write(bytes, to: "\(directory)/\(name)")
      let error = try #require(
        #expect(throws: DatasetError.self) { try MNIST.load(from: directory) })
      guard case .damaged("\(directory)/\(name)", _) = error else { throw error }
      return error.description.replacingOccurrences(of: directory + "/", with: "")
    }
  }

  @Test("The files in samples/mnist contain what NumPy reads from them")
  func samples() throws {
    let (train, test) = try MNIST.load(from: "\(packageDirectory)/samples/mnist")
    let numbers = try lines(of: "mnist.txt").map { $0.split(separator: " ").compactMap { Int($0) } }
    for (set, lines) in [(train, numbers[0..<3]), (test, numbers[3..<6])] {
      let lines = Array(lines)
      var histogram = [Int](repeating: 0, count: 256)
      let pixels = try #require(set.bytes)
      for pixel in pixels { histogram[Int(pixel)] += 1 }
      let sum = histogram.enumerated().reduce(0) { $0 + $1.offset * $1.element }
      let checksum = unsafe crc32(0, pixels, uInt(pixels.count))
      #expect([set.count, set.height, set.width, sum, Int(checksum)] == lines[0])
      #expect((0..<10).map { digit in set.classes.count { $0 == digit } } == lines[1])
      #expect(set.classes.prefix(10).map(Int.init) == lines[2])
    }
    let set = try ImageSet(pixels: Array(0...255), classes: [0], height: 16, width: 16)
    #expect(set.images.scalars.map { Int($0.bitPattern) } == numbers[6])
  }

  @Test("Fashion-MNIST loads from the layout of Debian's package")
  func fashion() throws {
    let (train, test) = try MNIST.load(from: fixture("fashion"))
    #expect(train.classes == [0, 1, 2, 3, 4])
    #expect(test.classes == [0, 1, 2])
    #expect(train.height == 28 && train.width == 28)
    let pixels = (0..<5).flatMap { i in (0..<784).map { UInt8((97 * i + $0) % 256) } }
    #expect(train.bytes == pixels)
    #expect(test.bytes == Array(pixels.prefix(3 * 784)))
  }

  @Test("Files are found under all usual names, in any mixture")
  func names() throws {
    let compressed = try readBytes(fixture("fashion/t10k-labels-idx1-ubyte.gz"))
    try withTemporaryDirectory { directory in
      try write(idx([2, 1, 2], [1, 2, 3, 4]), to: "\(directory)/train-images.idx3-ubyte")
      try write(idx([2], [9, 0]), to: "\(directory)/train-labels-idx1-ubyte")
      try write(idx([3, 1, 2], [5, 6, 7, 8, 9, 10]), to: "\(directory)/t10k-images-idx3-ubyte.gz")
      try write(compressed, to: "\(directory)/t10k-labels.idx1-ubyte.gz")
      let (train, test) = try MNIST.load(from: directory)
      #expect(
        try train
          == ImageSet(pixels: [1, 2, 3, 4], classes: [9, 0], height: 1, width: 2))
      #expect(
        try test
          == ImageSet(pixels: [5, 6, 7, 8, 9, 10], classes: [0, 1, 2], height: 1, width: 2))
    }
  }

  @Test("Inconsistent files are refused with the file and the problem")
  func misfits() throws {
    #expect(
      try error(replacing: "train-labels-idx1-ubyte", with: idx([3], [9, 0, 1]))
        == "Cannot use 'train-labels-idx1-ubyte': it holds 3 labels,"
        + " but 'train-images-idx3-ubyte' holds 2 pictures")
    #expect(
      try error(replacing: "t10k-labels-idx1-ubyte", with: idx([1], [10]))
        == "Cannot use 't10k-labels-idx1-ubyte': label 0, counted from 0, is 10,"
        + " but classes are 0 to 9")
    #expect(
      try error(replacing: "train-labels-idx1-ubyte", with: idx([2], [0, 255]))
        == "Cannot use 'train-labels-idx1-ubyte': label 1, counted from 0, is 255,"
        + " but classes are 0 to 9")
    #expect(
      try error(replacing: "train-images-idx3-ubyte", with: idx([2, 2], [1, 2, 3, 4]))
        == "Cannot use 'train-images-idx3-ubyte': its shape is [2, 2], not [count, height, width]")
    #expect(
      try error(replacing: "t10k-labels-idx1-ubyte", with: idx([1, 1], [1]))
        == "Cannot use 't10k-labels-idx1-ubyte': its shape is [1, 1], not [count]")
    #expect(
      try error(replacing: "t10k-images-idx3-ubyte", with: idx([0, 1, 2], []))
        == "Cannot use 't10k-images-idx3-ubyte': its shape [0, 1, 2] has no pixels")
    #expect(
      try error(replacing: "t10k-images-idx3-ubyte", with: idx([1, 2, 1], [5, 6]))
        == "Cannot use 't10k-images-idx3-ubyte': its pictures are 2 by 1 pixels,"
        + " but those of 'train-images-idx3-ubyte' are 1 by 2")
    #expect(
      try error(replacing: "t10k-images-idx3-ubyte", with: idx([1, 1, 2], [5]))
        == "Cannot use 't10k-images-idx3-ubyte': its header declares 2 bytes, but it holds 1")
  }
}
