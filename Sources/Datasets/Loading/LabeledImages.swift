/// Labelled images for training and evaluation, as one source provides them.
///
/// ```swift
/// let pixels = [UInt8](repeating: 128, count: 10 * 8 * 8)
/// let images = try ImageSet(
///   pixels: pixels, classes: (0..<10).map { $0 % 2 }, height: 8, width: 8)
/// let (train, validation) = images.split(holdingOut: 2, seed: 1)
/// let data = LabeledImages(train: train, validation: validation, classNames: ["cat", "dog"])
/// print(data.train.count, data.classCount)  // 8 2
/// ```
public struct LabeledImages: Sendable {
  /// The training set.
  public let train: ImageSet

  /// The validation set; `nil` if the source has none.
  ///
  /// ``ImageSet/split(holdingOut:seed:)`` splits one off the training set.
  public let validation: ImageSet?

  /// The test set; `nil` if there is none.
  public let test: ImageSet?

  /// The names of the classes by number; `nil` if the source has none.
  public let classNames: [String]?

  /// The number of classes: that of the names, or one more than the largest class.
  public let classCount: Int

  /// The digest of all sets of the source.
  public let digest: DataDigest

  /// The files that were skipped.
  public let badFiles: [BadFile]

  /// Creates data from sets in memory.
  ///
  /// - Parameters:
  ///   - train: The training set.
  ///   - validation: The validation set, if any.
  ///   - test: The test set, if any.
  ///   - classNames: The names of the classes by number; `nil` for none.
  ///   - digest: The digest; by default that of the pixels and classes, without records.
  ///   - badFiles: The files that were skipped.
  public init(
    train: ImageSet, validation: ImageSet? = nil, test: ImageSet? = nil,
    classNames: [String]? = nil, digest: DataDigest? = nil, badFiles: [BadFile] = []
  ) {
    self.train = train
    self.validation = validation
    self.test = test
    self.classNames = classNames
    self.badFiles = badFiles
    let sets = [train, validation, test].compactMap(\.self)
    let largest = sets.compactMap { $0.classes.max() }.max() ?? 0
    classCount = max(classNames?.count ?? 0, Int(largest) + 1)
    self.digest =
      digest
      ?? DataDigest(
        sha256: DataDigest.sha256(ofGrayBytes: sets)
          ?? DataDigest.sha256(
            of: [("train", train), ("validation", validation), ("test", test)].compactMap {
              name, set in set.map { (name, $0, []) }
            }), records: [])
  }
}
