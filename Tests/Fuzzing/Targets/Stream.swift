import Images

extension FuzzTarget {
  /// Where one picture of a stream ends and the next one begins.
  static let stream = FuzzTarget("stream") { input in
    let file = MemoryFile(input)
    let stream = PictureStream(descriptor: file.descriptor)
    var count = 0
    while let picture = (try? stream.next()) ?? nil {
      count += picture.count
      expect(count <= input.count, "pictures overlap")
    }
  }
}
