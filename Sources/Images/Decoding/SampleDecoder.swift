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

  /// Makes a decoded picture from its samples, in native byte order, at an address that fits them.
  typealias Maker<Decoded> = (EncodedPicture, UnsafeRawBufferPointer) -> Decoded

  init(_ reader: Reader) { self.reader = reader }

  private static let idle = Mutex<[SampleDecoder]>([])

  /// Lends a decoder that waits for work, or a new one.
  static func withOne<Result, Failure: Error>(
    _ reader: Reader, _ body: (SampleDecoder) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let decoder =
      idle.withLock { decoders in
        decoders.lastIndex { $0.reader == reader }.map { decoders.remove(at: $0) }
      } ?? SampleDecoder(reader)
    defer { idle.withLock { $0.append(decoder) } }
    return try body(decoder)
  }

  /// Decodes a picture.
  ///
  /// - Parameters:
  ///   - picture: The picture.
  ///   - make: Makes the decoded picture from its samples.
  /// - Returns: The decoded picture.
  /// - Throws: ``ImageError/Reason/damaged(_:_:)`` with the library's message.
  func decode<Decoded>(
    _ picture: EncodedPicture, _ make: Maker<Decoded>
  ) throws(ImageError) -> Decoded {
    switch reader {
    case .unconfined: return try unsafe decodeHere(picture, make)
    case .sandboxed:
      let results: [Result<Decoded, ImageError>]
      do throws(SandboxError) { results = try unsafe decodeInSandbox([picture], make) } catch {
        if case .notStarted = error { throw ImageError(.unreadable("\(error)")) }
        throw ImageError(.damaged(picture.task.format, "\(error)"))
      }
      return try results[0].get()
    }
  }

  /// Decodes pictures one after another; small ones together, which saves messages.
  ///
  /// - Parameters:
  ///   - indices: The numbers of the pictures.
  ///   - encoded: Gives a picture; `nil` for none.
  ///   - make: Makes a decoded picture from its samples.
  ///   - body: A function of the decoded picture or the error, which is called once for each
  ///     picture, not in their order.
  func decodeEach<Decoded>(
    _ indices: Range<Int>, encoded: (Int) throws(ImageError) -> EncodedPicture?,
    _ make: Maker<Decoded>, _ body: (Int, Result<Decoded, ImageError>) -> Void
  ) {
    var group: [(index: Int, picture: EncodedPicture)] = []
    func decodeGroup() {
      defer { group = [] }
      // After an error of the process, it is not known whose it was.
      let results =
        group.count > 1 ? try? unsafe decodeInSandbox(group.map(\.picture), make) : nil
      for (place, member) in group.enumerated() {
        body(
          member.index,
          results?[place]
            ?? Result { () throws(ImageError) in try unsafe decode(member.picture, make) })
      }
    }
    for index in indices {
      do throws(ImageError) {
        guard let picture = try encoded(index) else { continue }
        guard reader == .sandboxed, picture.isSmall else {
          body(index, Result { () throws(ImageError) in try unsafe decode(picture, make) })
          continue
        }
        group.append((index, picture))
        if group.count == Self.groupSize { decodeGroup() }
      } catch {
        body(index, .failure(error))
      }
    }
    decodeGroup()
  }

  private func decodeHere<Decoded>(
    _ picture: EncodedPicture, _ make: Maker<Decoded>
  ) throws(ImageError) -> Decoded {
    let (task, pieces) = (picture.task, picture.pieces)
    var failure: String?
    let samples = unsafe [UInt8](unsafeUninitializedCapacity: task.byteCount) { buffer, count in
      unsafe pieces.bytes.withUnsafeBytes { bytes in
        var rest = pieces.ranges[...]
        failure = unsafe library.decode(
          task,
          from: {
            unsafe rest.popFirst().map { unsafe UnsafeRawBufferPointer(rebasing: bytes[$0]) }
          }, into: UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: task.byteCount))
      }
      count = failure == nil ? task.byteCount : 0
    }
    if let failure { throw ImageError(.damaged(task.format, failure)) }
    return unsafe samples.withUnsafeBytes { unsafe make(picture, $0) }
  }

  /// Decodes several pictures, which must be small, or one.
  ///
  /// - Throws: ``SandboxError`` if the process gives no answer; the next pictures get a new one.
  private func decodeInSandbox<Decoded>(
    _ pictures: [EncodedPicture], _ make: Maker<Decoded>
  ) throws(SandboxError) -> [Result<Decoded, ImageError>] {
    do throws(SandboxError) {
      if process == nil { process = try SandboxedProcess.forPictures() }
      guard let process else { return [] }
      var message = MessageWriter()
      message.write(pictures) { $0.write(SampleRequest($1)) }
      let pixelCount = pictures.reduce(0) { $0 + $1.task.pixelCount }
      return try unsafe process.call(
        decodePictures, message.bytes, seconds: 2 + Double(pixelCount) / Double(1 << 24),
        readingFile: { buffer, offset in
          unsafe pictures[0].pieces.copy(from: offset, into: buffer) ? nil : "it is truncated"
        }
      ) { (answer, samples) throws(SandboxError) in
        var start = 0
        var results: [Result<Decoded, ImageError>] = []
        for picture in pictures {
          let failure = try answer.readOptional { (message) throws(SandboxError) in
            try message.readString()
          }
          let end = start + picture.task.byteCount
          if let failure {
            results.append(.failure(ImageError(.damaged(picture.task.format, failure))))
          } else {
            guard end <= samples.count else { throw .malformed }
            results.append(
              .success(
                unsafe make(picture, UnsafeRawBufferPointer(rebasing: samples[start..<end]))))
          }
          start = SampleRequest.start(after: end)
        }
        return results
      }
    } catch {
      process = nil
      throw error
    }
  }

  /// The maximum number of pictures in a message.
  private static let groupSize = 16
}
