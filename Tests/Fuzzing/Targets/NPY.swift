import Zip

extension FuzzTarget {
  /// Arrays of NumPy, in an archive with the right checksums.
  ///
  /// The first byte says how many of the next bytes, in units of 16, are the array of the labels;
  /// the rest is that of the images.
  static let npy = FuzzTarget("npy") { input in
    guard let first = input.first else { return }
    let labels = Array(input.dropFirst().prefix(16 * Int(first)))
    let images = Array(input.dropFirst().dropFirst(16 * Int(first)))
    var archive: [UInt8] = []
    var writer = ZipWriter()
    for (name, content) in [("x_train.npy", images), ("y_train.npy", labels)] {
      guard
        let header = unsafe content.withUnsafeBytes({
          unsafe try? writer.header(of: name, content: $0)
        })
      else { return }
      archive += header + content
    }
    archive += writer.directory()
    MemoryFile(archive).loadData()
  }
}
