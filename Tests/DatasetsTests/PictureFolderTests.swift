import Datasets
import Foundation  // FileManager
import Images
import Synchronization
import Tensors
import TestSupport
import Testing

/// The folder of `tools/fixtures/datasets_pictures.py`.
@Suite("Folders of pictures")
struct PictureFolderTests {
  static let folder = fixture("pictures")

  static func options(
    _ width: Int = 8, _ height: Int = 6, _ color: PicturePreparation.Color? = .rgb,
    _ fit: PicturePreparation.Fit = .crop, cache: LoadingOptions.Cache = .memory,
    skips: Bool = false
  ) -> LoadingOptions {
    var options = LoadingOptions()
    options.size = .init(width: width, height: height)
    options.color = color
    options.fit = fit
    options.cache = cache
    options.skipsBadFiles = skips
    return options
  }

  /// Copies the folder, so that it can be changed.
  static func withCopy(
    below name: String = "", _ body: (_ folder: String) throws -> Void
  ) throws {
    try withTemporaryDirectory { directory in
      try FileManager.default.createDirectory(
        atPath: "\(directory)/data", withIntermediateDirectories: true)
      try FileManager.default.copyItem(atPath: folder, toPath: "\(directory)/data/\(name)x")
      try body(name.isEmpty ? "\(directory)/data/x" : "\(directory)/data")
    }
  }

  @Test(
    "Pictures are fitted as Pillow does it",
    arguments: PicturePreparation.Fit.allCases, PicturePreparation.Color.allCases)
  func fits(fit: PicturePreparation.Fit, color: PicturePreparation.Color) throws {
    let source = try DataSource(opening: Self.folder, options: Self.options(8, 6, color, fit))
    let outline = source.outline
    #expect(outline.form == .pictures && outline.counts == [.train: 7])
    #expect(outline.byteCount == 7 * 8 * 6 * color.channels)
    let data = try source.load()
    #expect(data.classNames == ["cat", "dog"] && data.classCount == 2)
    #expect(data.train.classes == [0, 0, 0, 1, 1, 1, 1])
    #expect(data.test == nil && data.badFiles.isEmpty)
    let expected = try lines(of: "pictures.txt").filter { $0.hasPrefix("\(fit) \(color) ") }
    try #require(expected.count == 7)
    let bytes = try #require(data.train.bytes)
    let area = outline.byteCount / 7
    for (index, line) in expected.enumerated() {
      let words = line.split(separator: " ")
      let digits = Array(words[3])
      let pixels = stride(from: 0, to: digits.count, by: 2).compactMap {
        UInt8(String(digits[$0...$0 + 1]), radix: 16)
      }
      let found = bytes[index * area..<(index + 1) * area]
      // Pillow rounds between the two directions.
      let difference = zip(pixels, found).map { abs(Int($0) - Int($1)) }.max()
      let limit = words[2] == "dog/3.jpg" ? 0 : 1
      #expect(pixels.count == area && difference ?? 256 <= limit, "\(words[2])")
    }
  }

  @Test("Without a cache, elements and batches have the same bits")
  func decodesOnDemand() throws {
    let cached = try DataSource(opening: Self.folder, options: Self.options()).load()
    let source = try DataSource(opening: Self.folder, options: Self.options(cache: .none))
    #expect(source.outline.byteCount == 0)
    let data = try source.load()
    #expect(data.digest == cached.digest)
    #expect(data.train.classes == cached.train.classes && data.train.bytes == nil)
    func bits(_ set: ImageSet) -> [[Float]] {
      Dataset(set).shuffle(bufferSize: 7, seed: 1).batch(3).prefetch(1).flatMap {
        [$0.0.scalars, $0.1.scalars]
      }
    }
    #expect(bits(data.train) == bits(cached.train))
    #expect(data.train.images.shape == [7, 6, 8, 3])
    let part = data.train.subset(at: [6, 0])
    #expect(part.images.scalars == cached.train.subset(at: [6, 0]).images.scalars)
    #expect(Array(Dataset(data.train))[2].0.shape == [6, 8, 3])
  }

  @Test("A picture that changes after loading ends the iteration with an error")
  func reportsChanges() throws {
    try Self.withCopy { folder in
      let data = try DataSource(opening: folder, options: Self.options(cache: .none)).load()
      try FileManager.default.removeItem(atPath: "\(folder)/dog/1.jpeg")
      try FileManager.default.copyItem(
        atPath: "\(folder)/dog/2.jpg", toPath: "\(folder)/dog/1.jpeg")
      for count in [0, 1] {
        var iterator = Dataset(data.train).batch(2).prefetch(count).makeIterator()
        var batches = 0
        while iterator.next() != nil { batches += 1 }
        #expect(batches <= 1)
        #expect(
          iterator.failure?.description
            == "Cannot use '\(folder)/dog/1.jpeg': it has changed since the data was loaded")
      }
    }
  }

  @Test("Size and colour that all headers agree on are kept")
  func keepsSize() throws {
    try withTemporaryDirectory { folder in
      for (name, levels) in [("a", [1, 2, 3, 4, 5, 6]), ("b", [7, 8, 9, 10, 11, 12])] {
        mkdir("\(folder)/\(name)", 0o777)
        try Image(width: 3, height: 2, gray: levels.map(UInt8.init)).write(
          to: "\(folder)/\(name)/1.png")
      }
      let source = try DataSource(opening: folder)
      #expect(source.outline.width == 3 && source.outline.height == 2)
      #expect(source.outline.channels == 1)
      #expect(try source.load().train.bytes == Array(1...12))
      var options = LoadingOptions()
      options.color = .rgb
      let data = try DataSource(opening: folder, options: options).load()
      #expect(data.train.bytes?.prefix(6) == [1, 1, 1, 2, 2, 2])

      try Image(width: 2, height: 2, format: .rgb8, samples: Array(0..<12)).write(
        to: "\(folder)/b/2.png")
      let error = #expect(throws: DatasetError.self) { try DataSource(opening: folder) }
      #expect(
        error?.description
          == "Cannot use '\(folder)': its pictures differ in size ('a/1.png' has 3 x 2 pixels, "
          + "'b/2.png' has 2 x 2), so that a size must be given")
      options.size = .init(width: 3, height: 2)
      options.color = nil
      #expect(try DataSource(opening: folder, options: options).outline.channels == 3)
    }
  }

  @Test("The folders train, val and test are sets if there are no others")
  func findsSets() throws {
    try Self.withCopy(below: "train/") { folder in
      let train = "\(folder)/train"
      // The copy is one level too deep.
      try FileManager.default.moveItem(atPath: "\(folder)/train/x", toPath: "\(folder)/y")
      try FileManager.default.removeItem(atPath: train)
      try FileManager.default.moveItem(atPath: "\(folder)/y", toPath: train)
      func counts() throws -> [DataPart: Int] {
        try DataSource(opening: folder, options: Self.options()).outline.counts
      }
      #expect(try counts() == [.train: 7])
      try FileManager.default.copyItem(atPath: train, toPath: "\(folder)/val")
      try FileManager.default.removeItem(atPath: "\(folder)/val/cat/1.png")
      #expect(try counts() == [.train: 7, .test: 6])
      try FileManager.default.copyItem(atPath: train, toPath: "\(folder)/test")
      #expect(try counts() == [.train: 7, .validation: 6, .test: 7])
      let data = try DataSource(opening: folder, options: Self.options()).load()
      #expect(data.validation?.count == 6 && data.test == data.train)
      #expect(data.digest.records.map(\.name).first == "train/cat/1.png")
      // With another name, they are classes.
      mkdir("\(folder)/bus", 0o777)
      try FileManager.default.copyItem(
        atPath: "\(train)/cat/1.png", toPath: "\(folder)/bus/1.png")
      let classes = try DataSource(opening: folder, options: Self.options()).outline.classNames
      #expect(classes == ["bus", "test", "train", "val"])
    }
  }

  @Test("A test set of its own path is brought to the size of the training set")
  func loadsSeparateTest() throws {
    try Self.withCopy { folder in
      try FileManager.default.removeItem(atPath: "\(folder)/cat/1.png")
      let source = try DataSource(
        opening: Self.folder, testPath: folder, options: Self.options())
      #expect(source.outline.counts == [.train: 7, .test: 6])
      let data = try source.load()
      let other = try DataSource(opening: folder, options: Self.options()).load()
      #expect(data.test == other.train)
      #expect(data.digest.records.last?.name == "test/dog/more/4.png")

      try FileManager.default.moveItem(atPath: "\(folder)/cat", toPath: "\(folder)/cow")
      let error = #expect(throws: DatasetError.self) {
        try DataSource(opening: Self.folder, testPath: folder, options: Self.options())
      }
      #expect(
        error?.description
          == "Cannot use '\(folder)': it has the class 'cow', which is not in '\(Self.folder)'")
    }
  }

  @Test("The digest depends on names, classes and bytes, and names the first file that differs")
  func digest() throws {
    try Self.withCopy { folder in
      func digest(_ width: Int = 8) throws -> DataDigest {
        try DataSource(opening: folder, options: Self.options(width, 6)).load().digest
      }
      let first = try digest()
      #expect(try digest() == first && digest(9) == first)
      #expect(first.firstDifference(from: first) == nil)
      try FileManager.default.moveItem(
        atPath: "\(folder)/cat/2.png", toPath: "\(folder)/cat/22.png")
      #expect(try digest().sha256 != first.sha256, "The order and the classes are the same.")
      try FileManager.default.moveItem(
        atPath: "\(folder)/cat/22.png", toPath: "\(folder)/dog/5.png")
      let moved = try digest()
      #expect(moved.sha256 != first.sha256)
      #expect(moved.firstDifference(from: first) == .missing("cat/2.png"))
      #expect("\(DataDigest.Difference.missing("a"))" == "'a' is missing")
      try FileManager.default.copyItem(
        atPath: "\(folder)/dog/5.png", toPath: "\(folder)/cat/2.png")
      #expect(try digest().firstDifference(from: first) == .added("dog/5.png"))
      try FileManager.default.removeItem(atPath: "\(folder)/dog/5.png")
      #expect(try digest() == first)
      try FileManager.default.removeItem(atPath: "\(folder)/cat/1.png")
      try FileManager.default.copyItem(
        atPath: "\(folder)/cat/2.png", toPath: "\(folder)/cat/1.png")
      #expect(try digest().firstDifference(from: first) == .changed("cat/1.png"))
      let bare = DataDigest(sha256: first.sha256, records: [])
      #expect(try digest().firstDifference(from: bare) == .unknown)
      let saved = try JSONDecoder().decode(DataDigest.self, from: JSONEncoder().encode(first))
      #expect(saved == first)
    }
  }

  @Test("Files that cannot be used are listed once, or skipped")
  func listsBadFiles() throws {
    try Self.withCopy { folder in
      try write([], to: "\(folder)/cat/empty.png")
      try write(Array("notes\n".utf8), to: "\(folder)/dog/notes.txt")
      try write(Array("licence\n".utf8), to: "\(folder)/LICENCE")
      try write([1], to: "\(folder)/cat/.hidden")
      try write(try readBytes("\(folder)/cat/1.png"), to: "\(folder)/lost.png")
      let cut = try readBytes("\(folder)/dog/2.jpg").dropLast(50)
      try write(cut, to: "\(folder)/dog/cut.jpg")
      mkfifo("\(folder)/dog/pipe", 0o600)
      symlink("..", "\(folder)/dog/loop")
      let source = try DataSource(opening: folder, options: Self.options())
      let error = #expect(throws: DatasetError.self) { try source.load() }
      let text = """
        Cannot use 6 of 13 files in '\(folder)':
          - lost.png: it is in no class's folder
          - dog/loop: it is a symbolic link
          - dog/pipe: it is not a regular file
          - cat/empty.png: it is an empty file, not a PNG or JPEG
          - dog/cut.jpg: the JPEG is damaged: it is truncated
          - dog/notes.txt: it is text, not a PNG or JPEG
        """
      #expect(error?.description == text)
      for cache in LoadingOptions.Cache.allCases {
        let data = try DataSource(
          opening: folder, options: Self.options(cache: cache, skips: true)
        ).load()
        let clean = try DataSource(
          opening: Self.folder, options: Self.options(cache: cache)
        ).load()
        #expect(data.badFiles.count == 6)
        #expect(data.digest == clean.digest)
        #expect(data.train.images.scalars == clean.train.images.scalars)
        #expect(data.train.classes == clean.train.classes)
      }
    }
  }

  @Test("Progress is reported, and loading can be stopped")
  func stops() throws {
    for path in [Self.folder, fixture("fashion"), fixture("arrays/stored.npz")] {
      let source = try DataSource(
        opening: path, options: path == Self.folder ? Self.options() : .init())
      let calls = Mutex<[[Int]]>([])
      _ = try source.load { done, total in
        calls.withLock { $0.append([done, total]) }
        return true
      }
      let count = source.outline.counts.values.reduce(0, +)
      #expect(calls.withLock { $0.last } == [count, count])
      #expect(throws: DatasetError.stopped) { try source.load { _, _ in false } }
    }
  }

  @Test("Nothing outside of the folder is read")
  func staysInside() throws {
    try Self.withCopy { folder in
      try withTemporaryDirectory { outside in
        try write(try readBytes("\(folder)/cat/1.png"), to: "\(outside)/secret.png")
        symlink("\(outside)/secret.png", "\(folder)/cat/link.png")
        symlink(outside, "\(folder)/linked")
        symlink(outside, "\(folder)/cat/linked")
        let watch = try OpenWatch(outside)
        let data = try DataSource(opening: folder, options: Self.options(skips: true)).load()
        #expect(data.train.count == 7)
        #expect(data.badFiles.map(\.path) == ["linked", "cat/link.png", "cat/linked"])
        #expect(data.badFiles.allSatisfy { $0.reason == "it is a symbolic link" })
        #expect(watch.opened() == [])
        // The folder itself may be named by a link.
        symlink(Self.folder, "\(outside)/data")
        let linked = try DataSource(opening: "\(outside)/data", options: Self.options())
        #expect(linked.outline.counts == [.train: 7])
      }
    }
  }

  @Test("Results do not depend on the number of pictures at a time")
  func decodesManyFiles() throws {
    try withTemporaryDirectory { folder in
      for name in ["a", "b"] {
        mkdir("\(folder)/\(name)", 0o777)
        for index in 0..<100 {
          try Image(
            width: 2, height: 1, gray: [UInt8(index), name == "a" ? 10 : 20]
          ).write(to: "\(folder)/\(name)/\(index + 100).png")
        }
        try write([UInt8](repeating: 0, count: 9), to: "\(folder)/\(name)/150a.png")
      }
      var options = Self.options(2, 1, .gray, skips: true)
      options.size = nil
      let data = try DataSource(opening: folder, options: options).load()
      #expect(data.badFiles.map(\.path) == ["a/150a.png", "b/150a.png"])
      #expect(data.badFiles.allSatisfy { $0.reason == "it is only zero bytes, not a PNG or JPEG" })
      let expected = [10, 20].flatMap { level in (0..<100).flatMap { [UInt8($0), UInt8(level)] } }
      #expect(data.train.bytes == expected)
    }
  }
}
