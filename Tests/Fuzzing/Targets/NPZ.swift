import Datasets

extension FuzzTarget {
  /// Arrays of NumPy in a zip archive.
  static let npz = FuzzTarget("npz") { input in
    let file = MemoryFile(input)
    guard let source = try? DataSource(opening: file.path) else { return }
    _ = try? source.load()
  }
}
