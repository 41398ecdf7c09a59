import Files
import Glibc
import Images
import Synchronization
import Threads

/// A source of labelled images, recognized by its content.
///
/// - a folder with IDX files of any size and number of classes: MNIST, Fashion-MNIST, KMNIST,
///   EMNIST (whose images and labels are used as they are, as in torchvision and TensorFlow
///   Datasets);
/// - a folder of PNG and JPEG pictures with one subfolder for each class, whose names in the order
///   of their bytes are the names of the classes; above them there may be the folders `train` and
///   `test` or `val`;
/// - a NumPy archive (.npz) or an HDF5 file with the arrays `x_train`, `y_train` and perhaps
///   `x_test`, `y_test`, `x_val`, `y_val`.
///
/// Opening a source reads headers only. Nothing outside of the named folder or file is read:
/// symbolic links below a folder of pictures are not followed, but listed as bad files. IDX files,
/// whose names are given, may be links.
///
/// ```swift
/// let source = try DataSource(opening: path)
/// print(source.outline.counts)  // the number of images of each set, without decoding them
/// let data = try source.load()
/// print(data.train.images.shape, data.classCount)
/// ```
public struct DataSource: Sendable {
  /// What the source contains.
  public let outline: DataOutline

  /// The path of the source.
  public let path: String

  private let options: LoadingOptions
  private let parts: [Part]

  /// A set of the source.
  private struct Part {
    /// What the set is used for.
    let use: DataPart
    let reader: any DataReader
    /// What the set is in its file or folder.
    let part: DataPart
    /// Whether it comes from a path of its own.
    let isSeparate: Bool
  }

  /// Opens a source.
  ///
  /// - Parameters:
  ///   - path: The folder or file.
  ///   - testPath: Another folder or file with the test set: its test set if it has one, otherwise
  ///     its only set. `nil` for none.
  ///   - options: How the images are loaded.
  /// - Throws: ``DatasetError`` if the source cannot be read or used.
  public init(
    opening path: String, testPath: String? = nil, options: LoadingOptions = LoadingOptions()
  ) throws(DatasetError) {
    if let size = options.size, size.width < 1 || size.height < 1 {
      throw .invalidArgument("There are no pictures of \(size.width) x \(size.height) pixels")
    }
    self.path = path
    self.options = options
    let reader = try Self.reader(of: path, options)
    var parts = DataPart.allCases.compactMap { part in
      reader.outline.counts[part].map { _ in
        Part(use: part, reader: reader, part: part, isSeparate: false)
      }
    }
    let outline = try Self.outline(of: reader, options)
    var counts = outline.counts
    if let testPath {
      // Pictures of the test set get the size and the colour of the training set.
      var testOptions = options
      if outline.form == .pictures {
        testOptions.size = .init(width: outline.width, height: outline.height)
        testOptions.color = outline.channels == 1 ? .gray : .rgb
      }
      let other = try Self.reader(of: testPath, testOptions)
      let part = other.outline.counts[.test] == nil ? DataPart.train : .test
      let otherOutline = try Self.outline(of: other, testOptions)
      try Self.compare(otherOutline, at: testPath, with: outline, at: path)
      parts.removeAll { $0.use == .test }
      parts.append(Part(use: .test, reader: other, part: part, isSeparate: true))
      counts[.test] = otherOutline.counts[part]
    }
    self.parts = parts
    self.outline = DataOutline(
      form: outline.form, counts: counts, height: outline.height, width: outline.width,
      channels: outline.channels, isFloat: outline.isFloat, isOnDemand: outline.isOnDemand,
      classNames: outline.classNames)
    guard self.outline.byteCount <= PhysicalMemory.byteCount else {
      throw .damaged(
        path: path,
        reason: "its images need \(self.outline.byteCount >> 20) MiB, but this machine has "
          + "\(PhysicalMemory.byteCount >> 20) MiB")
    }
  }

  /// Recognizes a source by its content.
  private static func reader(
    of path: String, _ options: LoadingOptions
  ) throws(DatasetError) -> any DataReader {
    var status = stat()
    let isThere = unsafe stat(path, &status) == 0
    let reason = systemError()
    if !isThere || status.st_mode & S_IFMT == S_IFDIR {
      if let folder = try IDXFolder(path) {
        return try IDXReader(folder, path: path, options.reader)
      }
      guard isThere else { throw .unreadable(path: path, reason: reason) }
      var options = options
      options.size = options.size ?? options.pictureSize
      return try PictureReader(PictureFolder(path), path: path, options)
    }
    let head: [UInt8]
    do throws(FileError) { head = try RegularFile(path).bytes(512, at: 0) } catch {
      throw .unreadable(path: path, reason: "\(error)")
    }
    if head.starts(with: FileFormat.zip) {
      return try ArrayReader(NPZFile(path, reader: options.reader), form: .npz)
    }
    if head.starts(with: FileFormat.hdf5) {
      return try ArrayReader(HDF5ArrayFile(path, reader: options.reader), form: .hdf5)
    }
    let kind = head.isEmpty ? "an empty file" : FileFormat.name(of: head) ?? "an unknown format"
    throw .damaged(
      path: path,
      reason: "it is \(kind), not a folder of pictures or IDX files, an .npz archive or an HDF5 "
        + "file")
  }

  /// The outline of a source after its images of bytes have been brought to a size and colour.
  private static func outline(
    of reader: any DataReader, _ options: LoadingOptions
  ) throws(DatasetError) -> DataOutline {
    let outline = reader.outline
    guard let preparation = preparation(of: outline, options) else { return outline }
    guard !outline.isFloat, outline.channels <= 4 else {
      throw .damaged(
        path: reader.path,
        reason: "its images have \(outline.width) x \(outline.height) x \(outline.channels) "
          + "\(outline.isFloat ? "floats" : "bytes"), which are not brought to another size or "
          + "colour")
    }
    return DataOutline(
      form: outline.form, counts: outline.counts, height: preparation.height,
      width: preparation.width, channels: preparation.color.channels, isFloat: false,
      isOnDemand: false, classNames: outline.classNames)
  }

  /// The preparation of arrays; `nil` if they keep their size and colour.
  private static func preparation(
    of outline: DataOutline, _ options: LoadingOptions
  ) -> PicturePreparation? {
    guard outline.form != .pictures else { return nil }
    let size = options.size ?? .init(width: outline.width, height: outline.height)
    let color = options.color ?? (outline.channels < 3 ? .gray : .rgb)
    let isSame =
      size.width == outline.width && size.height == outline.height
      && (options.color.map { $0.channels == outline.channels } ?? true)
    return isSame
      ? nil
      : PicturePreparation(width: size.width, height: size.height, color: color, fit: options.fit)
  }

  private static func compare(
    _ test: DataOutline, at testPath: String, with train: DataOutline, at path: String
  ) throws(DatasetError) {
    func text(_ outline: DataOutline) -> String {
      "\(outline.width) x \(outline.height) x \(outline.channels) "
        + (outline.isFloat ? "floats" : "bytes")
    }
    guard text(test) == text(train) else {
      throw .damaged(
        path: testPath,
        reason: "its images have \(text(test)), but those of '\(path)' have \(text(train))")
    }
    if let names = test.classNames, let trainNames = train.classNames {
      try PictureFolder.compare(names, in: testPath, with: trainNames, in: path)
    }
  }

  /// Loads all sets, and decodes them on all threads.
  ///
  /// - Parameter progress: Is called now and then, from any thread, with the number of images that
  ///   are loaded, and of all. Returns whether to go on.
  /// - Returns: The sets, in memory or as pictures that are decoded on demand.
  /// - Throws: ``DatasetError``; ``DatasetError/badFiles(path:_:of:)`` if there are files that
  ///   cannot be used, and they are not to be skipped; ``DatasetError/stopped`` if `progress`
  ///   returned false.
  public func load(
    progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Bool = { _, _ in true }
  ) throws(DatasetError) -> LabeledImages {
    let total = outline.counts.values.reduce(0, +)
    let done = Mutex(0)
    let report: @Sendable (Int) -> Bool = { count in
      done.withLock {
        $0 += count
        return progress($0, total)
      }
    }
    var loaded: [(part: Part, content: LoadedPart)] = []
    for part in parts {
      var content = try part.reader.load(part.part, progress: report)
      if part.isSeparate { content.addPrefix("test/") }
      loaded.append((part, content))
    }
    let bad = loaded.flatMap(\.content.badFiles)
    guard bad.isEmpty || options.skipsBadFiles else {
      let count = loaded.reduce(0) { $0 + $1.content.images.count } + bad.count
      throw .badFiles(path: path, bad, of: count)
    }
    try check(loaded)
    let digest = digest(of: loaded)
    for index in loaded.indices {
      guard
        let preparation = Self.preparation(of: loaded[index].part.reader.outline, options)
      else { continue }
      loaded[index].content.images = try loaded[index].content.images.prepared(preparation)
    }
    func set(_ use: DataPart) -> ImageSet? {
      loaded.first { $0.part.use == use }?.content.images
    }
    guard let train = set(.train) else { throw .invalidArgument("There is no training set") }
    return LabeledImages(
      train: train, validation: set(.validation), test: set(.test),
      classNames: outline.classNames, digest: digest, badFiles: bad)
  }

  /// Checks that there is something to learn, and that all sets have the same classes and size.
  private func check(_ loaded: [(part: Part, content: LoadedPart)]) throws(DatasetError) {
    guard let train = loaded.first(where: { $0.part.use == .train })?.content.images else { return }
    guard train.count > 1 else {
      throw .damaged(
        path: path,
        reason: train.count == 0 ? "it has no images" : "it has only 1 image to train on")
    }
    let used = Set(train.classes)
    guard used.count > 1 else {
      throw .damaged(
        path: path,
        reason: "all its images are of class \(train.classes[0]), but at least 2 classes are needed"
      )
    }
    if outline.form == .pictures, let names = outline.classNames,
      let missing = names.indices.first(where: { !used.contains(UInt16($0)) })
    {
      throw .damaged(path: path, reason: "its class '\(names[missing])' has no usable pictures")
    }
    let largest = outline.classNames.map { UInt16($0.count - 1) } ?? used.max() ?? 0
    for (part, content) in loaded where part.use != .train {
      let images = content.images
      guard images.count > 0 else {
        throw .damaged(path: part.reader.path, reason: "its \(part.use) set has no images")
      }
      if let index = images.classes.firstIndex(where: { $0 > largest }) {
        throw .damaged(
          path: part.reader.path,
          reason: "label \(index) of its \(part.use) set, counted from 0, is "
            + "\(images.classes[index]), but the classes of the training set are 0 to \(largest)")
      }
      guard
        images.height == train.height, images.width == train.width,
        images.channels == train.channels, (images.floats == nil) == (train.floats == nil)
      else {
        throw .damaged(
          path: part.reader.path,
          reason: "the images of its \(part.use) set differ in size or type from those of the "
            + "training set")
      }
    }
  }

  private func digest(of loaded: [(part: Part, content: LoadedPart)]) -> DataDigest {
    let records = loaded.flatMap(\.content.records)
    let isIDX = loaded.allSatisfy { $0.part.reader.outline.form == .idx }
    if isIDX, let sha256 = DataDigest.sha256(ofGrayBytes: loaded.map(\.content.images)) {
      return DataDigest(sha256: sha256, records: records)
    }
    return DataDigest(
      sha256: DataDigest.sha256(
        of: loaded.map { part, content in
          let digests = content.fileDigests
          let files =
            digests.isEmpty
            ? []
            : content.records.enumerated().map { index, record in
              (name: record.name, digest: digests[index * 32..<(index + 1) * 32])
            }
          return (part.use.rawValue, content.images, files)
        },
        // The names of folders are parts of the names of files.
        classNames: [.npz, .hdf5].contains(outline.form) ? outline.classNames : nil),
      records: records)
  }
}

extension LoadedPart {
  /// Puts a text before all names.
  fileprivate mutating func addPrefix(_ prefix: String) {
    records = records.map { .init(name: prefix + $0.name, digest: $0.digest) }
    badFiles = badFiles.map { BadFile(path: prefix + $0.path, reason: $0.reason) }
  }
}

extension ImageSet {
  /// Brings images of bytes to another size and colour.
  fileprivate func prepared(_ preparation: PicturePreparation) throws(DatasetError) -> ImageSet {
    guard let bytes else { return self }
    let (area, newArea) = (area, preparation.byteCount)
    var pixels = [UInt8](repeating: 0, count: count * newArea)
    let (width, height, channels, count) = (width, height, channels, count)
    unsafe pixels.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return }
      let target = unsafe Shared(start)
      parallel(over: 0..<count, grain: 64) { first, count in
        for index in first..<first + count {
          let bitmap = Bitmap(
            Array(bytes[index * area..<(index + 1) * area]), width: width, height: height,
            channels: channels)
          unsafe (target + index * newArea).update(from: preparation(bitmap), count: newArea)
        }
      }
    }
    return try ImageSet(
      pixels: pixels, classes: classes, height: preparation.height, width: preparation.width,
      channels: preparation.color.channels)
  }
}
