import Images
import Sandbox
import Synchronization
import Threads

/// Reads a folder of pictures.
struct PictureReader: DataReader {
  let path: String
  let outline: DataOutline

  /// The size and colour of the data set.
  let preparation: PicturePreparation

  private let folder: PictureFolder

  /// Whether all pictures must have the size, because none was asked for.
  private let isExact: Bool

  private let reader: Reader

  /// Lists the pictures, and reads their headers unless size and colour are known.
  init(_ folder: PictureFolder, path: String, _ options: LoadingOptions) throws(DatasetError) {
    self.folder = folder
    self.path = path
    isExact = options.size == nil
    reader = options.reader
    let (size, color) = try Self.sizeAndColor(of: folder, path: path, options)
    preparation = PicturePreparation(
      width: size.width, height: size.height, color: color, fit: options.fit)
    outline = DataOutline(
      form: .pictures, counts: folder.files.mapValues(\.count), height: size.height,
      width: size.width, channels: color.channels, isFloat: false,
      isOnDemand: options.cache == .none, classNames: folder.classNames)
  }

  /// Finds the size and colour that all pictures have, where the options leave them open.
  private static func sizeAndColor(
    of folder: PictureFolder, path: String, _ options: LoadingOptions
  ) throws(DatasetError) -> (LoadingOptions.Size, PicturePreparation.Color) {
    if let size = options.size, let color = options.color { return (size, color) }
    let files = DataPart.allCases.flatMap { folder.files[$0] ?? [] }
    let headers = Mutex([PictureHeader?](repeating: nil, count: files.count))
    parallel(over: 0..<files.count, grain: 64) { start, count in
      let part = files[start..<start + count].map { $0.header(in: path) }
      headers.withLock { $0.replaceSubrange(start..<start + count, with: part) }
    }
    // Files without a header are reported when they are decoded.
    let known = zip(files, headers.withLock { $0 }).compactMap { file, header in
      header.map { (path: file.path, header: $0) }
    }
    guard let first = known.first else {
      throw .damaged(path: path, reason: "none of its \(files.count) files is a PNG or JPEG")
    }
    if options.size == nil,
      let other = known.first(where: {
        $0.header.width != first.header.width || $0.header.height != first.header.height
      })
    {
      throw .damaged(
        path: path,
        reason: "its pictures differ in size ('\(first.path)' has "
          + "\(first.header.width) x \(first.header.height) pixels, '\(other.path)' has "
          + "\(other.header.width) x \(other.header.height)), so that a size must be given")
    }
    return (
      options.size ?? .init(width: first.header.width, height: first.header.height),
      options.color ?? (known.allSatisfy(\.header.isGray) ? .gray : .rgb)
    )
  }

  func load(
    _ part: DataPart, progress: @escaping @Sendable (Int) -> Bool
  ) throws(DatasetError) -> LoadedPart {
    let files = folder.files[part] ?? []
    let decoded = DecodedPictures(
      files, in: path, preparation, isExact: isExact, reader: reader,
      keepsPixels: !outline.isOnDemand, progress: progress)
    guard !decoded.isStopped else { throw .stopped }
    let good = files.indices.filter { decoded.problems[$0] == nil }
    let digests = good.map { Array(decoded.digests[$0 * 32..<($0 + 1) * 32]) }
    let classes = good.map { files[$0].label }
    let images: ImageSet
    if outline.isOnDemand {
      let pictures = PictureFiles(
        good.map { files[$0] }, digests: digests, in: path, preparation, isExact: isExact,
        reader: reader)
      images = ImageSet(pictures, classes: classes)
    } else {
      images = try ImageSet(
        pixels: decoded.pixels, classes: classes, height: preparation.height,
        width: preparation.width, channels: preparation.color.channels)
    }
    let bad = decoded.problems.sorted { $0.key < $1.key }.map {
      BadFile(path: files[$0.key].path, reason: $0.value)
    }
    return LoadedPart(
      images: images,
      records: zip(good, digests).map { index, digest in
        DataDigest.Record(
          name: files[index].path, digest: DataDigest.hexadecimal(digest.prefix(4)))
      },
      fileDigests: digests.flatMap(\.self),
      badFiles: (part == .train ? folder.badFiles : []) + bad)
  }
}

/// Pictures that were decoded on all threads.
private struct DecodedPictures {
  /// The pixels of all good pictures, `[count, height, width, channels]`; empty if they are not
  /// kept.
  private(set) var pixels: [UInt8]

  /// The SHA-256 digests of all files, of which those of bad files are zero.
  let digests: [UInt8]

  /// The reasons why pictures cannot be used, by number.
  let problems: [Int: String]

  /// Whether decoding was stopped, so that only some of the pixels are valid.
  let isStopped: Bool

  /// The number of pictures that a thread decodes at a time.
  private static let grain = 16

  init(
    _ files: [PictureFile], in folder: String, _ preparation: PicturePreparation, isExact: Bool,
    reader: Reader, keepsPixels: Bool, progress: @escaping @Sendable (Int) -> Bool
  ) {
    let area = preparation.byteCount
    let problems = Mutex<[Int: String]>([:])
    let isStopped = Mutex(false)
    var digests = [UInt8](repeating: 0, count: 32 * files.count)
    let count = keepsPixels ? files.count * area : 0
    pixels = unsafe [UInt8](unsafeUninitializedCapacity: count) { pixels, filled in
      unsafe digests.withUnsafeMutableBufferPointer { digests in
        guard let firstDigest = digests.baseAddress else { return }
        let digestTarget = unsafe Shared(firstDigest)
        let pixelTarget = unsafe Shared(pixels.baseAddress)
        parallel(over: 0..<files.count, grain: Self.grain) { start, count in
          if isStopped.withLock(\.self) { return }
          var found: [Int: String] = [:]
          PictureFile.readEach(
            start..<start + count, in: folder, preparation, isExact: isExact, reader: reader,
            file: { files[$0] }
          ) { index, content in
            switch content {
            case .success(let content):
              unsafe (digestTarget + 32 * index).update(from: content.digest, count: 32)
              unsafe pixelTarget.value?.advanced(by: index * area).update(
                from: content.pixels, count: keepsPixels ? area : 0)
            case .failure(let problem): found[index] = problem.reason
            }
          }
          if !found.isEmpty { problems.withLock { $0.merge(found) { first, _ in first } } }
          if !progress(count) { isStopped.withLock { $0 = true } }
        }
      }
      filled = count
    }
    self.digests = digests
    self.problems = problems.withLock { $0 }
    self.isStopped = isStopped.withLock { $0 }
    if keepsPixels, !self.problems.isEmpty { removeBad(count: files.count, area: area) }
  }

  /// Moves the pixels of good pictures together.
  private mutating func removeBad(count: Int, area: Int) {
    var end = 0
    for index in 0..<count where problems[index] == nil {
      if end != index {
        let source = pixels[index * area..<(index + 1) * area]
        pixels.replaceSubrange(end * area..<(end + 1) * area, with: source)
      }
      end += 1
    }
    pixels.removeLast((count - end) * area)
  }
}
