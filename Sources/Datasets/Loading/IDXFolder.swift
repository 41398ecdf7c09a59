import Files

/// The IDX files of one data set: MNIST, or another one with the same names.
///
/// The names of EMNIST's files begin with `emnist-` and the name of a split, such as
/// `emnist-letters-`.
struct IDXFolder {
  /// The paths of the files of images and labels, plain or compressed with gzip.
  private(set) var files: [DataPart: (images: String, labels: String)] = [:]

  /// The names of the classes: of the splits of EMNIST, or in a file beside the others.
  let classNames: [String]?

  /// Finds the files in a folder.
  ///
  /// The result is `nil` if there are no such files.
  ///
  /// - Parameter path: The folder, or the folder and the beginning of the names of one of the data
  ///   sets in it, such as `emnist/emnist-letters`.
  /// - Throws: ``DatasetError/damaged(path:reason:)`` if files are missing, those of several data
  ///   sets are there, or the names of the classes are none.
  init?(_ path: String) throws(DatasetError) {
    if let entries = try? FolderEntry.list(path, followsLink: true) {
      try self.init(in: path, names: entries.map(\.name), prefix: nil)
    } else {
      let slash = path.lastIndex(of: "/")
      let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
      let prefix = slash.map { String(path[path.index(after: $0)...]) } ?? path
      guard !prefix.isEmpty, let entries = try? FolderEntry.list(folder, followsLink: true) else {
        return nil
      }
      try self.init(in: folder, names: entries.map(\.name), prefix: prefix + "-")
    }
  }

  /// A file's part in a data set.
  private struct Name {
    let prefix: String
    let part: DataPart
    let isImages: Bool

    /// Parses a name such as `emnist-letters-train-images-idx3-ubyte.gz`.
    init?(_ name: String) {
      let plain = name.hasSuffix(".gz") ? name.dropLast(3) : name[...]
      let images = ["images-idx3-ubyte", "images.idx3-ubyte"]
      let labels = ["labels-idx1-ubyte", "labels.idx1-ubyte"]
      guard let end = (images + labels).first(where: { plain.hasSuffix($0) }) else { return nil }
      isImages = images.contains(end)
      let start = plain.dropLast(end.count)
      guard
        let (word, part) = [("train-", DataPart.train), ("t10k-", .test), ("test-", .test)]
          .first(where: { start.hasSuffix($0.0) })
      else { return nil }
      self.part = part
      prefix = String(start.dropLast(word.count))
    }
  }

  private init?(in folder: String, names: [String], prefix: String?) throws(DatasetError) {
    var found: [String: [DataPart: (images: String?, labels: String?)]] = [:]
    for name in names {
      guard let parsed = Name(name), prefix == nil || parsed.prefix == prefix else { continue }
      let path = "\(folder)/\(name)"
      var pair = found[parsed.prefix]?[parsed.part] ?? (nil, nil)
      // Plain files come before compressed ones, and are preferred.
      if parsed.isImages {
        pair.images = pair.images ?? path
      } else {
        pair.labels = pair.labels ?? path
      }
      found[parsed.prefix, default: [:]][parsed.part] = pair
    }
    guard !found.isEmpty else { return nil }
    guard let (prefix, parts) = found.first, found.count == 1 else {
      let sets = found.keys.sorted().map { "'\($0.isEmpty ? "" : String($0.dropLast()))'" }
      throw .damaged(
        path: folder,
        reason: "it has the files of several data sets (\(sets.joined(separator: ", "))); "
          + "add the beginning of the names to the path")
    }
    for (part, pair) in parts {
      guard let images = pair.images, let labels = pair.labels else {
        throw .damaged(
          path: folder,
          reason: "it has no \(pair.images == nil ? "images" : "labels") beside "
            + "'\(pair.images ?? pair.labels ?? "")'")
      }
      files[part] = (images, labels)
    }
    guard files[.train] != nil else {
      throw .damaged(path: folder, reason: "it has no training set, only a test set")
    }
    if let split = EMNIST.classNames(of: prefix) {
      classNames = split
    } else {
      classNames = try ClassNamesFile.read(in: folder, names: names, prefix: prefix)
    }
  }
}

/// EMNIST, the handwritten letters and digits of Cohen, Afshar, Tapson and van Schaik.
///
/// Its files are read as they are, as torchvision and TensorFlow Datasets do: the images are
/// transposed, and the labels of the split `letters` begin with 1, so that its class 0 is empty.
enum EMNIST {
  /// Returns the names of the classes of a split, as in torchvision.
  ///
  /// - Parameter prefix: The beginning of the file names, such as `emnist-letters-`.
  /// - Returns: The names; `nil` if it is no split of EMNIST.
  static func classNames(of prefix: String) -> [String]? {
    let digits = "0123456789".map(String.init)
    let small = "abcdefghijklmnopqrstuvwxyz".map(String.init)
    let large = small.map { $0.uppercased() }
    // Small letters that look like capitals are one class with them.
    let different = ["a", "b", "d", "e", "f", "g", "h", "n", "q", "r", "t"]
    return switch prefix {
    case "emnist-byclass-": digits + large + small
    case "emnist-bymerge-", "emnist-balanced-": digits + large + different
    case "emnist-letters-": ["N/A"] + small
    case "emnist-digits-", "emnist-mnist-": digits
    default: nil
    }
  }
}
