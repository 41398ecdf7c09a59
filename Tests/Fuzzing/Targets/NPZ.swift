extension FuzzTarget {
  /// Arrays of NumPy in a zip archive.
  static let npz = FuzzTarget("npz") { input in MemoryFile(input).loadData() }
}
