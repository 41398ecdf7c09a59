/// Decodes the samples of pictures with libpng and TurboJPEG.
final class LibraryDecoder {
  /// Makes the next piece of the file, which stays valid until the next call; `nil` at the end.
  typealias Source = () -> UnsafeRawBufferPointer?

  private lazy var jpeg = JPEGLibrary()

  /// Fills a buffer with all samples.
  ///
  /// - Returns: The library's message if it fails.
  func decode(
    _ task: DecodingTask, from source: Source, into buffer: UnsafeMutableRawBufferPointer
  ) -> String? {
    guard buffer.count == task.byteCount else { return "its size is ambiguous" }
    switch task {
    case .png(let width, let height, let bits, let channels, let reduction):
      return unsafe PNGLibrary.decode(
        width: width, height: height, bits: bits, channels: channels, reduction: reduction,
        from: source, into: buffer)
    case .jpeg(let width, let height, let components, let reduction):
      // TurboJPEG reads from one piece of memory.
      var bytes: [UInt8] = []
      while let piece = unsafe source() { unsafe bytes.append(contentsOf: piece) }
      let failure = unsafe jpeg.decode(
        bytes, width: width, height: height, components: components, reduction: reduction,
        into: buffer)
      // After an error, TurboJPEG may refuse the next picture too.
      if failure != nil { jpeg = JPEGLibrary() }
      return failure
    }
  }
}
