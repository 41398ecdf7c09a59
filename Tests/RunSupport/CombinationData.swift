import HDF5
import Images
import TestSupport
import Zip

/// Writes small data of each kind that `train` reads: the folders `idx`, `pictures` and `more`, and
/// the files `arrays.npz` and `arrays.h5`.
///
/// A picture has 12 pixels in a column, and a bar whose height is that of its class.
///
/// - Parameter folder: An existing folder.
/// - Throws: An error if a file cannot be written.
public func writeCombinationData(in folder: String) throws {
  mkdir("\(folder)/idx", 0o777)
  var zip = ZipWriter()
  var archive: [UInt8] = []
  let writer = try File.create()
  for (part, stem, count) in [("train", "train", 240), ("test", "t10k", 40)] {
    let gray = SmallPictures(count, classes: 4, channels: 1, seed: UInt64(count))
    let stem = "\(folder)/idx/\(stem)"
    try writeBytes(idx([count, 12, 12]) + gray.pixels, to: "\(stem)-images-idx3-ubyte")
    try writeBytes(idx([count]) + gray.labels, to: "\(stem)-labels-idx1-ubyte")

    let colour = SmallPictures(count, classes: 3, channels: 3, seed: UInt64(count) + 1)
    for (name, bytes, shape) in [
      ("x_\(part)", colour.pixels, [count, 12, 12, 3]), ("y_\(part)", colour.labels, [count]),
    ] {
      let content = npy(bytes, shape: shape)
      archive += try unsafe content.withUnsafeBytes {
        try unsafe zip.header(of: "\(name).npy", content: $0)
      }
      archive += content
    }
    try writer.root.write(
      colour.pixels.map { Float($0) / 255 }, shape: [count, 12, 12, 3], to: "x_\(part)")
    try writer.root.write(colour.labels.map(Int64.init), shape: [count], to: "y_\(part)")
  }
  try writeBytes(archive + zip.directory(), to: "\(folder)/arrays.npz")
  let image = try writer.finish()
  try writeBytes(unsafe image.withUnsafeBytes { unsafe Array($0) }, to: "\(folder)/arrays.h5")

  for (name, count) in [("pictures", 180), ("more", 24)] {
    mkdir("\(folder)/\(name)", 0o777)
    let pictures = SmallPictures(count, classes: 3, channels: 3, seed: UInt64(count))
    for (index, label) in pictures.labels.enumerated() {
      let directory = "\(folder)/\(name)/class \(label)"
      mkdir(directory, 0o777)
      let samples = pictures.pixels[index * 432..<(index + 1) * 432].map(UInt16.init)
      try Image(width: 12, height: 12, format: .rgb8, samples: samples).write(
        to: "\(directory)/\(index).png")
    }
  }
}

/// Noise with a bar for each class, always the same for a seed.
private struct SmallPictures {
  let labels: [UInt8]
  let pixels: [UInt8]

  init(_ count: Int, classes: Int, channels: Int, seed: UInt64) {
    var random = SplitMix(state: seed)
    // The first class is the most frequent, so that the classes have different weights.
    let labels = (0..<count).map { index in
      index % 5 == 0 ? 0 : UInt8(index % classes)
    }
    pixels = labels.flatMap { label in
      (0..<144 * channels).map { sample in
        let row = sample / channels / 12
        return UInt8(random.next() >> 57) + (row / 3 == Int(label) ? 90 : 0)
      }
    }
    self.labels = labels
  }
}

/// An array of bytes as numpy saves it.
private func npy(_ bytes: [UInt8], shape: [Int]) -> [UInt8] {
  let extents = shape.map { "\($0)," }.joined(separator: " ")
  var header = "{'descr': '|u1', 'fortran_order': False, 'shape': (\(extents)), }"
  header += String(repeating: " ", count: 63 - (10 + header.utf8.count) % 64) + "\n"
  let length = header.utf8.count
  return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length % 256), UInt8(length / 256)]
    + Array(header.utf8) + bytes
}
