import Images

extension FuzzTarget {
  /// Pictures that libpng and libjpeg decode in a process without rights.
  static let pictures = FuzzTarget("pictures", testCount: 500) { input in
    _ = try? Image.decode(input)
    _ = try? Image.decode(withChecksums(input))
  }
}
