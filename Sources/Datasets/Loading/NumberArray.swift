/// An array of numbers from a file.
struct NumberArray {
  /// The elements, with the last axis varying fastest.
  enum Elements {
    case bytes([UInt8])
    case integers([Int64])
    case floats([Float])
  }

  /// The type of the elements, as far as it matters.
  enum Kind {
    case bytes, integers, floats
  }

  let shape: [Int]
  let elements: Elements

  /// Creates the images of an array of the shape `[count, height, width]` or
  /// `[count, height, width, channels]`.
  ///
  /// - Parameters:
  ///   - classes: The class of each image.
  ///   - path: The file, for errors.
  ///   - name: The name of the array, for errors.
  /// - Returns: The images.
  /// - Throws: ``DatasetError/damaged(path:reason:)``.
  func images(
    _ classes: [UInt16], path: String, name: String
  ) throws(DatasetError) -> ImageSet {
    let size = try ImageExtents(shape, path: path, name: name)
    guard size.count == classes.count else {
      throw .damaged(
        path: path,
        reason: "'\(name)' holds \(size.count) images, but there are \(classes.count) labels")
    }
    switch elements {
    case .bytes(let bytes):
      return try ImageSet(
        pixels: bytes, classes: classes, height: size.height, width: size.width,
        channels: size.channels)
    case .integers(let integers):
      var bytes: [UInt8] = []
      bytes.reserveCapacity(integers.count)
      for (index, integer) in integers.enumerated() {
        guard let byte = UInt8(exactly: integer) else {
          throw .damaged(
            path: path,
            reason: "element \(index) of '\(name)' is \(integer), but whole numbers must be 0 to "
              + "255 there; floats may have any value")
        }
        bytes.append(byte)
      }
      return try ImageSet(
        pixels: bytes, classes: classes, height: size.height, width: size.width,
        channels: size.channels)
    case .floats(let floats):
      if let index = floats.firstIndex(where: { !$0.isFinite }) {
        throw .damaged(
          path: path, reason: "element \(index) of '\(name)' is \(floats[index])")
      }
      return try ImageSet(
        floats: floats, classes: classes, height: size.height, width: size.width,
        channels: size.channels)
    }
  }

  /// Returns the classes of an array of the shape `[count]` or `[count, 1]`.
  ///
  /// - Parameters:
  ///   - path: The file, for errors.
  ///   - name: The name of the array, for errors.
  /// - Returns: The classes.
  /// - Throws: ``DatasetError/damaged(path:reason:)``.
  func classes(path: String, name: String) throws(DatasetError) -> [UInt16] {
    guard shape.count == 1 || shape.count == 2 && shape[1] == 1 else {
      throw .damaged(
        path: path,
        reason: "the shape of '\(name)' is \(shape), but labels are whole numbers of shape "
          + "[count] or [count, 1]")
    }
    func label(_ index: Int, _ number: Int64?, _ text: String) throws(DatasetError) -> UInt16 {
      guard let number, let label = UInt16(exactly: number) else {
        throw .damaged(
          path: path,
          reason: "label \(index) of '\(name)', counted from 0, is \(text), but classes are whole "
            + "numbers from 0 to 65535")
      }
      return label
    }
    var classes: [UInt16] = []
    switch elements {
    case .bytes(let bytes): classes = bytes.map(UInt16.init)
    case .integers(let integers):
      for (index, integer) in integers.enumerated() {
        classes.append(try label(index, integer, "\(integer)"))
      }
    case .floats(let floats):
      for (index, float) in floats.enumerated() {
        classes.append(try label(index, Int64(exactly: float), "\(float)"))
      }
    }
    return classes
  }
}

/// The extents of an array of images.
struct ImageExtents: Equatable {
  let count: Int
  let height: Int
  let width: Int
  let channels: Int

  /// - Parameters:
  ///   - shape: The shape of the array.
  ///   - path: The file, for errors.
  ///   - name: The name of the array, for errors.
  /// - Throws: ``DatasetError/damaged(path:reason:)``.
  init(_ shape: [Int], path: String, name: String) throws(DatasetError) {
    guard shape.count == 3 || shape.count == 4, shape.dropFirst().allSatisfy({ $0 > 0 }) else {
      throw .damaged(
        path: path,
        reason: "the shape of '\(name)' is \(shape), not [count, height, width] or "
          + "[count, height, width, channels]")
    }
    count = shape[0]
    height = shape[1]
    width = shape[2]
    channels = shape.count == 4 ? shape[3] : 1
  }
}
