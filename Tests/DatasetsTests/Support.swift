import Datasets
import Foundation
import Tensors
import TestSupport

/// The lines of a fixture.
func lines(of name: String) throws -> [String] {
  try String(contentsOfFile: fixture(name), encoding: .utf8)
    .split(separator: "\n").map(String.init)
}

/// Writes bytes to a file, making the folders above it.
func write(_ bytes: some Sequence<UInt8>, to path: String) throws {
  try FileManager.default.createDirectory(
    at: URL(filePath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
  try Data(bytes).write(to: URL(filePath: path))
}

/// The bytes of an IDX file.
func idx(_ dimensions: [Int], _ bytes: [UInt8], type: UInt8 = 8) -> [UInt8] {
  [0, 0, type, UInt8(dimensions.count)]
    + dimensions.flatMap { extent in [24, 16, 8, 0].map { UInt8(extent >> $0 & 0xff) } } + bytes
}

/// Examples of which number i has the image [i, 10 i] and the label i.
func examples(_ count: Int) -> Dataset {
  let labels = (0..<count).map(Float.init)
  return Dataset(
    images: Tensor(labels.flatMap { [$0, 10 * $0] }, shape: [count, 2]), labels: Tensor(labels))
}

/// Adds operations that are written as in `semantics.txt`.
func apply(_ operations: [String], to dataset: Dataset) throws -> Dataset {
  try operations.reduce(dataset) { dataset, operation in
    let words = operation.split(separator: " ")
    let number = words.count > 1 ? Int(words[1]) : nil
    switch (words[0], number) {
    case ("batch", let size?): return dataset.batch(size)
    case ("batch-drop", let size?): return dataset.batch(size, dropRemainder: true)
    case ("take", let count?): return dataset.take(count)
    case ("skip", let count?): return dataset.skip(count)
    case ("repeat", let count): return dataset.repeat(count)
    case ("prefetch", let count?): return dataset.prefetch(count)
    case ("shuffle", let size?): return dataset.shuffle(bufferSize: size, seed: 3)
    case ("map", nil):
      return dataset.map { image, label in
        (image, Tensor(label.scalars.map { $0 + 100 }, shape: label.shape))
      }
    default: throw UnknownOperation(operation: operation)
    }
  }
}

struct UnknownOperation: Error {
  let operation: String
}

/// The labels of every element.
func labels(_ dataset: Dataset) -> [[Int]] {
  dataset.map { labels($0) }
}

/// The labels of one element.
func labels(_ element: (Tensor, Tensor)) -> [Int] {
  element.1.scalars.map { Int($0) }
}

/// The order in which a dataset of single examples hands them out.
func order(_ dataset: Dataset) -> [Int] {
  labels(dataset).flatMap(\.self)
}
