import Files

/// The pictures of a folder with one subfolder for each class.
///
/// Symbolic links below the folder are not followed, so that nothing outside of it is read and no
/// loop of links can occur. Hidden files are ignored.
struct PictureFolder {
  /// The pictures of each set, by class, then by path.
  private(set) var files: [DataPart: [PictureFile]] = [:]

  /// The names of the classes, in the order of their bytes.
  private(set) var classNames: [String] = []

  /// The entries that are no files or folders.
  private(set) var badFiles: [BadFile] = []

  private let root: String

  /// The folders that are sets instead of classes.
  private static let parts: [String: DataPart] = [
    "train": .train, "test": .test, "val": .validation, "valid": .validation,
    "validation": .validation,
  ]

  /// The most classes that a set can have.
  private static let maximumClassCount = 1 << 16

  /// Lists a folder with classes, or with the folders `train` and `test` or `val`, if it has no
  /// others.
  ///
  /// Without `test`, the set in `val` is the test set.
  ///
  /// - Parameter root: The path of the folder.
  /// - Throws: ``DatasetError`` if a folder cannot be read, or classes are missing.
  init(_ root: String) throws(DatasetError) {
    self.root = root
    let folders = try self.folders(in: "")
    let names = Set(folders)
    guard names.contains("train"), names.isSubset(of: Self.parts.keys) else {
      guard !folders.isEmpty else {
        throw .damaged(path: root, reason: "it has no folders of pictures and no IDX files")
      }
      (classNames, files[.train]) = try classes(folders, in: "")
      return
    }
    (classNames, files[.train]) = try classes(try self.folders(in: "train/"), in: "train/")
    for name in folders where name != "train" {
      guard let part = Self.parts[name] else { continue }
      guard files[part] == nil else {
        throw .damaged(path: root, reason: "it has more than one folder for validation")
      }
      let (names, pictures) = try classes(try self.folders(in: "\(name)/"), in: "\(name)/")
      try Self.compare(names, in: "\(root)/\(name)", with: classNames, in: "\(root)/train")
      files[part] = pictures
    }
    if files[.test] == nil, let pictures = files.removeValue(forKey: .validation) {
      files[.test] = pictures
    }
  }

  /// Checks that two sets have the same classes.
  static func compare(
    _ names: [String], in path: String, with trainNames: [String], in trainPath: String
  ) throws(DatasetError) {
    if let name = names.first(where: { !trainNames.contains($0) }) {
      throw .damaged(
        path: path, reason: "it has the class '\(name)', which is not in '\(trainPath)'")
    }
    if let name = trainNames.first(where: { !names.contains($0) }) {
      throw .damaged(
        path: path, reason: "it lacks the class '\(name)', which is in '\(trainPath)'")
    }
  }

  /// Returns the names of the folders below a folder, and lists pictures and links beside them.
  private mutating func folders(in path: String) throws(DatasetError) -> [String] {
    var names: [String] = []
    for entry in try entries(path) {
      switch entry.kind {
      case .folder: names.append(entry.name)
      // Other files, such as a licence, are no part of the data.
      case .file where Self.isNamedAsPicture(entry.name):
        badFiles.append(BadFile(path: path + entry.name, reason: "it is in no class's folder"))
      case .link:
        badFiles.append(BadFile(path: path + entry.name, reason: "it is a symbolic link"))
      case .file, .other: break
      }
    }
    return names
  }

  /// Lists the pictures of classes.
  private mutating func classes(
    _ names: [String], in path: String
  ) throws(DatasetError) -> (names: [String], files: [PictureFile]) {
    let place = path.isEmpty ? root : "\(root)/\(path.dropLast())"
    guard names.count > 1 else {
      throw .damaged(
        path: place,
        reason: names.first.map { "its only class is '\($0)', but at least 2 are needed" }
          ?? "it has no folders of pictures")
    }
    guard names.count <= Self.maximumClassCount else {
      throw .damaged(
        path: place,
        reason: "it has \(names.count) classes, more than \(Self.maximumClassCount)")
    }
    var files: [PictureFile] = []
    for (label, name) in names.enumerated() {
      let count = files.count
      try appendFiles(in: "\(path)\(name)/", label: UInt16(label), to: &files)
      guard files.count > count else {
        throw .damaged(path: place, reason: "its class '\(name)' has no pictures")
      }
    }
    return (names, files)
  }

  /// Appends all files of a class, also those in folders below it.
  private mutating func appendFiles(
    in path: String, label: UInt16, to files: inout [PictureFile]
  ) throws(DatasetError) {
    for entry in try entries(path) {
      let member = path + entry.name
      switch entry.kind {
      case .file: files.append(PictureFile(path: member, label: label))
      case .folder: try appendFiles(in: member + "/", label: label, to: &files)
      case .link: badFiles.append(BadFile(path: member, reason: "it is a symbolic link"))
      case .other: badFiles.append(BadFile(path: member, reason: "it is not a regular file"))
      }
    }
  }

  /// Lists a folder below the root without hidden and system files.
  private func entries(_ path: String) throws(DatasetError) -> [FolderEntry] {
    let whole = path.isEmpty ? root : "\(root)/\(path.dropLast())"
    do throws(FileError) {
      return try FolderEntry.list(whole, followsLink: path.isEmpty).filter {
        !$0.name.hasPrefix(".") && !["Thumbs.db", "desktop.ini", "__MACOSX"].contains($0.name)
      }
    } catch {
      throw .unreadable(path: whole, reason: "\(error)")
    }
  }

  private static func isNamedAsPicture(_ name: String) -> Bool {
    [".png", ".jpg", ".jpeg"].contains { name.lowercased().hasSuffix($0) }
  }
}
