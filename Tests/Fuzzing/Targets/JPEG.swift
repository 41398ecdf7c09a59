import Images

extension FuzzTarget {
  /// The checks of the markers of a JPEG, before libjpeg gets it.
  static let jpeg = FuzzTarget("jpeg") { input in
    guard input.starts(with: [0xFF, 0xD8]) else { return }
    _ = try? PictureHeader(head: input)
    _ = try? JPEGHeader(input)
  }
}
