import Sandbox
internal import Synchronization

/// Decodes the samples of pictures, in this process or in a sandboxed one.
///
/// A sandboxed process is used for many pictures, because it takes as long to start as hundreds of
/// small pictures. A picture that takes it over could so falsify the samples of those after it, and
/// nothing else.
final class SampleDecoder: @unchecked Sendable {
  // Invariant of `@unchecked Sendable`: one thread at a time has a decoder.
  private let reader: Reader
  private var process: SandboxedProcess?
  private lazy var library = LibraryDecoder()

  init(_ reader: Reader) { self.reader = reader }

  private static let idle = Mutex<[SampleDecoder]>([])

  /// Starts a process, so that it is ready when the first picture comes.
  static func prepare() {
    let decoder = SampleDecoder(.sandboxed)
    // An error is reported with the first picture.
    decoder.process = try? decoder.start()
    idle.withLock { $0.append(decoder) }
  }

  /// Lends a decoder that waits for work, or a new one.
  static func withOne<Result>(
    _ reader: Reader, _ body: (SampleDecoder) throws(ImageError) -> Result
  ) throws(ImageError) -> Result {
    let decoder =
      idle.withLock { decoders in
        decoders.lastIndex { $0.reader == reader }.map { decoders.remove(at: $0) }
      } ?? SampleDecoder(reader)
    defer { idle.withLock { $0.append(decoder) } }
    return try body(decoder)
  }

  /// Decodes all samples.
  ///
  /// - Parameters:
  ///   - task: What to do.
  ///   - pieces: The file.
  ///   - type: The type of the samples.
  /// - Returns: The samples, in native byte order.
  /// - Throws: ``ImageError/Reason/damaged(_:_:)`` with the library's message.
  func samples<Sample: FixedWidthInteger & BitwiseCopyable>(
    _ task: DecodingTask, of pieces: EncodedPieces, as type: Sample.Type
  ) throws(ImageError) -> [Sample] {
    var failure: ImageError.Reason?
    let count = task.byteCount / MemoryLayout<Sample>.stride
    let samples = unsafe [Sample](unsafeUninitializedCapacity: count) { buffer, filled in
      let bytes = UnsafeMutableRawBufferPointer(buffer)
      let target = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[..<task.byteCount])
      switch reader {
      case .unconfined: failure = unsafe decodeHere(task, pieces, into: target)
      case .sandboxed: failure = unsafe decodeInSandbox(task, pieces, into: target)
      }
      filled = failure == nil ? count : 0
    }
    if let failure { throw ImageError(failure) }
    return samples
  }

  private func decodeHere(
    _ task: DecodingTask, _ pieces: EncodedPieces, into buffer: UnsafeMutableRawBufferPointer
  ) -> ImageError.Reason? {
    unsafe pieces.bytes.withUnsafeBytes { bytes in
      var rest = pieces.ranges[...]
      return unsafe library.decode(
        task,
        from: {
          unsafe rest.popFirst().map { unsafe UnsafeRawBufferPointer(rebasing: bytes[$0]) }
        }, into: buffer)
    }.map { .damaged(task.format, $0) }
  }

  private func decodeInSandbox(
    _ task: DecodingTask, _ pieces: EncodedPieces, into buffer: UnsafeMutableRawBufferPointer
  ) -> ImageError.Reason? {
    do throws(SandboxError) {
      if process == nil { process = try start() }
      guard let process else { return nil }
      let count = pieces.count
      var message = MessageWriter()
      message.write(task)
      message.write(count)
      message.write(count <= Self.inlineByteCount ? pieces.joined : [])
      let seconds = 2 + Double(task.pixelCount) / Double(1 << 24)
      return try unsafe process.call(
        message.bytes, seconds: seconds,
        readingFile: { buffer, offset in
          unsafe pieces.copy(from: offset, into: buffer) ? nil : "it is truncated"
        }
      ) { (answer, samples) throws(SandboxError) in
        if let failure = try answer.readOptional({ (message) throws(SandboxError) in
          try message.readString()
        }) {
          return .damaged(task.format, failure)
        }
        guard samples.count == buffer.count else { throw .malformed }
        unsafe buffer.copyMemory(from: samples)
        return nil
      }
    } catch {
      // The next picture gets a new process.
      process = nil
      if case .notStarted = error { return .unreadable("\(error)") }
      return .damaged(task.format, "\(error)")
    }
  }

  private func start() throws(SandboxError) -> SandboxedProcess {
    try unsafe SandboxedProcess(
      decodePictures, memory: Self.memory, elementBytes: 8 * Image.maximumDecodedPixelCount,
      isChatty: false)
  }

  /// The number of bytes that a process may allocate; a progressive JPEG needs most.
  private static let memory = 384 << 20
  /// The size of a file that is sent with its task; a larger one is sent in parts.
  static let inlineByteCount = 256 << 10
}

/// What a sandboxed process does that decodes pictures.
private let decodePictures: SandboxedProcess.Program = { task in
  let library = LibraryDecoder()
  unsafe SandboxChannel.serve(task) { request, channel in
    var message = MessageReader(request)
    guard let task: DecodingTask = try? message.read(), let count = try? message.readSize(),
      let bytes = try? message.readBytes(),
      unsafe task.byteCount <= channel.elements.count
    else { return ([], 0) }
    let buffer = unsafe UnsafeMutableRawBufferPointer(
      rebasing: channel.elements[..<task.byteCount])
    let failure =
      bytes.isEmpty
      ? unsafe library.decode(task, from: channel.parts(of: count), into: buffer)
      : unsafe decode(task, bytes, library, into: buffer)
    var answer = MessageWriter()
    answer.write(failure) { $0.write($1) }
    return (answer.bytes, failure == nil ? task.byteCount : 0)
  }
}

/// Decodes a file that came with its task.
private func decode(
  _ task: DecodingTask, _ bytes: [UInt8], _ library: LibraryDecoder,
  into buffer: UnsafeMutableRawBufferPointer
) -> String? {
  unsafe bytes.withUnsafeBytes { bytes in
    var rest: UnsafeRawBufferPointer? = unsafe bytes
    return unsafe library.decode(
      task,
      from: {
        defer { unsafe rest = nil }
        return unsafe rest
      }, into: buffer)
  }
}
