/// A reader of one form of data source.
protocol DataReader: Sendable {
  var outline: DataOutline { get }

  /// The path in errors.
  var path: String { get }

  /// Loads one of the sets that the outline counts.
  ///
  /// - Parameters:
  ///   - part: The set.
  ///   - progress: Is called with the number of images that have been loaded since the last call,
  ///     and returns whether to go on.
  /// - Returns: The set.
  /// - Throws: ``DatasetError`` if the source as a whole cannot be used, or
  ///   ``DatasetError/stopped``.
  func load(
    _ part: DataPart, progress: @escaping @Sendable (Int) -> Bool
  ) throws(DatasetError) -> LoadedPart
}

/// A set with the records of its digest.
struct LoadedPart {
  var images: ImageSet
  /// The records; those of pictures with the digest of each file.
  var records: [DataDigest.Record]
  /// The SHA-256 digests of the pictures' files; empty for arrays.
  var fileDigests: [UInt8] = []
  var badFiles: [BadFile] = []
}
