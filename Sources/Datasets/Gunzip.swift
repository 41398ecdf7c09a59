import Files

/// A gzip file, decompressed incrementally.
///
/// Consecutive members are concatenated, as by `gunzip`. Other data after a member is an error.
@safe
struct Gunzip: ~Copyable {
  private var file: InputFile
  private let input: UnsafeMutableRawBufferPointer
  private var inflater: Inflater
  private var isFinished = false

  init(_ file: consuming InputFile) throws(DatasetError) {
    do throws(Inflater.Failure) { inflater = try Inflater(.gzip) } catch {
      throw Gunzip.error(error, file.path)
    }
    unsafe input = .allocate(byteCount: 1 << 16, alignment: 1)
    self.file = file
  }

  deinit { unsafe input.deallocate() }

  /// Reads until `output` is full or the content ends, and returns the number of bytes read.
  mutating func read(into output: UnsafeMutableRawBufferPointer) throws(DatasetError) -> Int {
    var filled = 0
    while filled < output.count && !isFinished {
      var isAtEnd = false
      if inflater.nextByte == nil { isAtEnd = try !refill() }
      do throws(Inflater.Failure) {
        unsafe filled += try inflater.fill(
          UnsafeMutableRawBufferPointer(rebasing: output[filled...]))
      } catch {
        throw Gunzip.error(error, file.path)
      }
      if inflater.isFinished {
        try startNextMember()
      } else if isAtEnd, filled < output.count {
        throw .damaged(path: file.path, reason: "its gzip data ends too early")
      }
    }
    return filled
  }

  /// Reads more compressed bytes, and returns whether there are any.
  private mutating func refill() throws(DatasetError) -> Bool {
    let count = try unsafe file.read(into: input)
    unsafe inflater.setInput(UnsafeRawBufferPointer(rebasing: input[..<count]))
    return count > 0
  }

  /// Starts the next member; throws unless the file ends or another member follows.
  private mutating func startNextMember() throws(DatasetError) {
    if inflater.nextByte == nil, try !refill() {
      isFinished = true
      return
    }
    guard inflater.nextByte == FileFormat.gzip[0] else {
      throw .damaged(path: file.path, reason: "something else follows its gzip data")
    }
    inflater.restart()
  }

  private static func error(_ failure: Inflater.Failure, _ path: String) -> DatasetError {
    switch failure {
    case .start(let status):
      .unreadable(path: path, reason: "zlib cannot start (status \(status))")
    case .damaged(let reason):
      .damaged(path: path, reason: "its gzip data is damaged: \(reason)")
    }
  }
}
