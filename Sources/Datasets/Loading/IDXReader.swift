import Sandbox

/// Reads IDX files.
struct IDXReader: DataReader {
  let path: String
  let outline: DataOutline
  private let folder: IDXFolder
  private let reader: Reader

  init(_ folder: IDXFolder, path: String, _ reader: Reader) throws(DatasetError) {
    self.folder = folder
    (self.path, self.reader) = (path, reader)
    var counts: [DataPart: Int] = [:]
    var extents: [Int] = []
    for part in DataPart.allCases {
      guard let files = folder.files[part] else { continue }
      let dimensions = try IDXFile.dimensions(path: files.images, reader: reader)
      guard dimensions.count == 3 else {
        throw .damaged(
          path: files.images, reason: "its shape is \(dimensions), not [count, height, width]")
      }
      counts[part] = dimensions[0]
      if extents.isEmpty { extents = Array(dimensions.dropFirst()) }
    }
    outline = DataOutline(
      form: .idx, counts: counts, height: extents[0], width: extents[1], channels: 1,
      isFloat: false, isOnDemand: false, classNames: folder.classNames)
  }

  func load(
    _ part: DataPart, progress: @escaping @Sendable (Int) -> Bool
  ) throws(DatasetError) -> LoadedPart {
    guard let files = folder.files[part] else { throw .invalidArgument("There is no such set") }
    let set = try MNIST.readSet(
      images: files.images, labels: files.labels,
      largestClass: outline.classNames.map { $0.count - 1 }, reader: reader)
    guard progress(set.count) else { throw .stopped }
    return LoadedPart(
      images: set,
      records: [
        DataDigest.record(Self.name(of: files.images), set.bytes ?? []),
        DataDigest.record(Self.name(of: files.labels), set.classes.map { UInt8($0) }),
      ])
  }

  /// The name of a file without its folder and `.gz`: compression does not change the data.
  private static func name(of path: String) -> String {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
  }
}
