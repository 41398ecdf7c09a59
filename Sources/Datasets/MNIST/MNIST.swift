import Sandbox

/// MNIST, the handwritten digits of LeCun, Cortes and Burges, and data sets in the same format,
/// such as Fashion-MNIST.
///
/// ```swift
/// let (train, test) = try MNIST.load(from: folder)
/// let batches = Dataset(train).shuffle(bufferSize: train.count, seed: 42).batch(32)
/// print(train.count, test.count, batches.count ?? 0)
/// ```
public enum MNIST {
  /// Loads the training and the test set.
  ///
  /// - Parameter directory: The folder with the four IDX files, plain or .gz.
  /// - Returns: The training and the test set, each with at least one image, and classes 0 to 9.
  /// - Throws: ``DatasetError/unreadable(path:reason:)`` or
  ///   ``DatasetError/incomplete(directory:missing:setting:)`` if files are missing or cannot be
  ///   read, ``DatasetError/damaged(path:reason:)`` if they are damaged or inconsistent.
  public static func load(
    from directory: String
  ) throws(DatasetError) -> (train: ImageSet, test: ImageSet) {
    let files = try MNISTFiles(in: directory)
    let train = try readSet(
      images: files.trainImages, labels: files.trainLabels, largestClass: 9)
    let test = try readSet(images: files.testImages, labels: files.testLabels, largestClass: 9)
    guard train.height == test.height && train.width == test.width else {
      throw .damaged(
        path: files.testImages,
        reason: "its pictures are \(test.height) by \(test.width) pixels, but those of"
          + " '\(files.trainImages)' are \(train.height) by \(train.width)")
    }
    return (train, test)
  }

  /// All possible paths of the four files in a folder, which outputs must not overwrite.
  ///
  /// - Parameter directory: The folder.
  /// - Returns: The paths, whether or not the files exist.
  public static func paths(in directory: String) -> [String] { MNISTFiles.paths(in: directory) }

  /// Loads the images from one file and their classes from another.
  ///
  /// - Parameters:
  ///   - imagePath: The file of the images.
  ///   - labelPath: The file of the labels.
  ///   - largestClass: The largest class; `nil` for any.
  ///   - reader: The process that decompresses.
  /// - Returns: The images with their classes.
  /// - Throws: ``DatasetError`` if the files are damaged or do not belong together.
  static func readSet(
    images imagePath: String, labels labelPath: String, largestClass: Int?,
    reader: Reader = .sandboxed
  ) throws(DatasetError) -> ImageSet {
    let images = try IDXFile(path: imagePath, reader: reader)
    guard images.dimensions.count == 3 else {
      throw .damaged(
        path: imagePath, reason: "its shape is \(images.dimensions), not [count, height, width]")
    }
    guard !images.bytes.isEmpty else {
      throw .damaged(path: imagePath, reason: "its shape \(images.dimensions) has no pixels")
    }
    let labels = try IDXFile(path: labelPath, reader: reader)
    guard labels.dimensions.count == 1 else {
      throw .damaged(path: labelPath, reason: "its shape is \(labels.dimensions), not [count]")
    }
    guard labels.bytes.count == images.dimensions[0] else {
      throw .damaged(
        path: labelPath,
        reason: "it holds \(labels.bytes.count) labels, but '\(imagePath)' holds"
          + " \(images.dimensions[0]) pictures")
    }
    let largest = largestClass ?? 255
    if let index = labels.bytes.firstIndex(where: { $0 > largest }) {
      throw .damaged(
        path: labelPath,
        reason: "label \(index), counted from 0, is \(labels.bytes[index]), "
          + "but classes are 0 to \(largest)")
    }
    return try ImageSet(
      pixels: images.bytes, classes: labels.bytes.map(UInt16.init),
      height: images.dimensions[1], width: images.dimensions[2])
  }
}
