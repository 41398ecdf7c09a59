internal import Files

extension DataDigest {
  /// Creates a record of bytes.
  static func record(_ name: String, _ bytes: [UInt8]) -> Record {
    Record(name: name, digest: hexadecimal(SHA256.digest(of: bytes).prefix(4)))
  }

  /// Creates a record of the names of the classes in an array.
  static func record(namesOf classes: [String]) -> Record {
    record(ArrayNames.classNames, classes.flatMap { Array($0.utf8) + [0] })
  }

  /// Creates a record of the pixels of a set in memory.
  static func record(_ name: String, pixelsOf set: ImageSet) -> Record {
    var hash = SHA256()
    update(&hash, withPixelsOf: set)
    return Record(name: name, digest: hexadecimal(hash.digest.prefix(4)))
  }

  /// Creates a record of the classes of a set.
  static func record(_ name: String, classesOf set: ImageSet) -> Record {
    var hash = SHA256()
    update(&hash, withClassesOf: set)
    return Record(name: name, digest: hexadecimal(hash.digest.prefix(4)))
  }

  /// Computes the digest of sets by name: their names, extents, classes, and pixels; instead of
  /// pixels, the names and digests of the files if there are some.
  ///
  /// - Parameters:
  ///   - sets: The sets, each with the digests of its files, or with none.
  ///   - classNames: The names of the classes in an array; `nil` for none.
  /// - Returns: The digest in hexadecimal.
  static func sha256(
    of sets: [(name: String, set: ImageSet, files: [(name: String, digest: ArraySlice<UInt8>)])],
    classNames: [String]? = nil
  ) -> String {
    var hash = SHA256()
    func add(_ text: String) { hash.update(Array(text.utf8) + [0]) }
    add("cairn data 1")
    if let classNames {
      add("\(ArrayNames.classNames) \(classNames.count)")
      classNames.forEach(add)
    }
    for (name, set, files) in sets {
      add("\(name) \(set.count) \(files.count)")
      update(&hash, withClassesOf: set)
      for file in files {
        add(file.name)
        hash.update(Array(file.digest))
      }
      if files.isEmpty {
        add("\(set.height) \(set.width) \(set.channels)")
        update(&hash, withPixelsOf: set)
      }
    }
    return hexadecimal(hash.digest)
  }

  /// Updates a hash with the classes.
  static func update(_ hash: inout SHA256, withClassesOf set: ImageSet) {
    hash.update(set.classes.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] })
  }

  /// Updates a hash with the pixels in memory.
  static func update(_ hash: inout SHA256, withPixelsOf set: ImageSet) {
    if let bytes = set.bytes { hash.update(bytes) }
    if let floats = set.floats {
      // The order of the bytes is that of the processor: little-endian on all that are supported.
      unsafe floats.withUnsafeBytes { unsafe hash.update($0) }
    }
  }
}
