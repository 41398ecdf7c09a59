import Glibc

/// Writes MNIST's four files with few pictures, of which each class has a bar at its own height.
///
/// - Parameters:
///   - directory: Where the folder is made.
///   - name: The name of the folder.
///   - train: The number of training pictures.
///   - test: The number of test pictures.
///   - side: The height and width of a picture, in pixels.
/// - Returns: The folder, which is below `directory`.
/// - Throws: ``IOError`` if a file cannot be written.
@discardableResult
public func writeData(
  in directory: String, name: String = "data", train: Int = 320, test: Int = 64, side: Int = 28
) throws -> String {
  let folder = "\(directory)/\(name)"
  mkdir(folder, 0o777)
  for (stem, count, seed) in [("train", train, 1), ("t10k", test, 2)] {
    var noise = UInt32(seed)
    var pixels: [UInt8] = []
    for index in 0..<count {
      for pixel in 0..<side * side {
        noise = noise &* 1_664_525 &+ 1_013_904_223
        let isBar = pixel / side / 2 == index % 10 + 2
        pixels.append(UInt8(noise >> 25) + (isBar ? 120 : 0))
      }
    }
    try writeBytes(idx([count, side, side]) + pixels, to: "\(folder)/\(stem)-images-idx3-ubyte")
    try writeBytes(
      idx([count]) + (0..<count).map { UInt8($0 % 10) }, to: "\(folder)/\(stem)-labels-idx1-ubyte")
  }
  return folder
}

/// The header of an IDX file of bytes.
///
/// - Parameter extents: Its extents.
/// - Returns: The bytes before the data.
public func idx(_ extents: [Int]) -> [UInt8] {
  [0, 0, 8, UInt8(extents.count)]
    + extents.flatMap { extent in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: extent >> $0) } }
}
