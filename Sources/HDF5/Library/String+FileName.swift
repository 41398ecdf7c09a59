import Files

extension String {
  /// Calls `body` with the bytes of a name in a file, which may be invalid UTF-8, as a C string.
  func withFileName<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    unsafe body(PathText.bytes(of: self).map { CChar(bitPattern: $0) } + [0])
  }
}
