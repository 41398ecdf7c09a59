import Files

extension String {
  /// Calls `body` with a name as the file has it, which need not be UTF-8, ended by a zero byte.
  func withFileName<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    body(PathText.bytes(of: self).map { CChar(bitPattern: $0) } + [0])
  }
}
