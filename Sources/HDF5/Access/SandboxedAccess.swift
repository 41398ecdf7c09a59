import Files
import Sandbox
internal import Synchronization

/// Reads a file with libhdf5 in a process without rights.
///
/// That process asks for the bytes of the file, so that it needs no descriptor, and gets only those
/// that the source has verified.
final class SandboxedAccess: FileAccess {
  let outline: Outline?
  private let process: any Respondent
  private let source: any FileSource
  private let path: String
  private let closed = Mutex<[Int]>([])

  /// Opens a file.
  convenience init(
    _ source: any FileSource, named path: String, limits: Limits
  ) throws(HDF5Error) {
    let process: SandboxedProcess
    do throws(SandboxError) {
      process = try SandboxedProcess.forFile()
    } catch {
      throw Self.failure(error, path)
    }
    try self.init(source, named: path, limits: limits, process)
  }

  /// Opens a file that a process reads.
  init(
    _ source: any FileSource, named path: String, limits: Limits, _ process: any Respondent
  ) throws(HDF5Error) {
    (self.source, self.path, self.process) = (source, path, process)
    var message = MessageWriter()
    message.write(FirstRequest(size: source.size, path: path, limits: limits))
    outline = Outline(try unsafe Self.call(process, source, path, message.bytes))
  }

  deinit { (process as? SandboxedProcess)?.keepForPictures() }

  func ask<Q: Question>(_ question: Q) throws(HDF5Error) -> Q.Answer {
    var message = begin(question)
    question.write(to: &message)
    return try unsafe call(message.bytes)
  }

  func read(
    _ elements: ElementsQuestion, into buffer: UnsafeMutableRawBufferPointer
  ) throws(HDF5Error) {
    var message = begin(elements)
    elements.write(to: &message)
    message.write(buffer.count)
    let _: [String] = try unsafe call(message.bytes, into: buffer)
  }

  func close(_ number: Int) { closed.withLock { $0.append(number) } }

  /// Begins a question with the objects that were closed since the last one.
  private func begin<Q: Question>(_ question: Q) -> MessageWriter {
    var message = MessageWriter()
    let numbers = closed.withLock { closed in
      defer { closed = [] }
      return closed
    }
    message.write(numbers) { $0.write($1) }
    message.write(Q.number)
    return message
  }

  private func call<Answer: Transferable>(
    _ request: [UInt8], into buffer: UnsafeMutableRawBufferPointer? = nil
  ) throws(HDF5Error) -> Answer {
    try unsafe Self.call(process, source, path, request, into: buffer)
  }

  private static func call<Answer: Transferable>(
    _ process: any Respondent, _ source: any FileSource, _ path: String, _ request: [UInt8],
    into buffer: UnsafeMutableRawBufferPointer? = nil
  ) throws(HDF5Error) -> Answer {
    let result: Result<Answer, HDF5Error>
    do throws(SandboxError) {
      result = try unsafe process.call(
        readHDF5, request, seconds: patience(source),
        readingFile: { unsafe read(source, into: $0, at: $1) }
      ) { (answer, elements) throws(SandboxError) in
        guard try answer.readBool() else { return .failure(try answer.read()) }
        let value: Answer = try answer.read()
        if let buffer = unsafe buffer {
          guard elements.count == buffer.count else { throw .malformed }
          unsafe buffer.copyMemory(from: elements)
        }
        return .success(value)
      }
    } catch {
      throw failure(error, path)
    }
    return try result.get()
  }

  /// The processor time in seconds that one answer may take.
  private static func patience(_ source: any FileSource) -> Double {
    0.8 + Double(source.size >> 20) / 16
  }

  private static func read(
    _ source: any FileSource, into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) -> String? {
    guard offset <= source.size, buffer.count <= source.size - offset else {
      return "an address is outside of the file"
    }
    do throws(FileError) {
      try unsafe source.read(into: buffer, at: offset)
      return nil
    } catch {
      // The error that is made from this reason says "damaged" already.
      if case .damaged(let reason) = error { return reason }
      return "\(error)"
    }
  }

  private static func failure(_ error: SandboxError, _ path: String) -> HDF5Error {
    let cause: HDF5Error.Cause =
      switch error {
      case .notStarted: .library("\(error)")
      default: .damaged("\(error)")
      }
    return HDF5Error(operation: .read, file: path, object: nil, cause: cause)
  }
}
