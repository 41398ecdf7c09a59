import Files
import Preconditions
internal import CHDF5
internal import Glibc

/// The virtual file driver for reading: it gets all bytes from a ``FileSource``.
///
/// libhdf5 opens no file by itself, and a source can verify the bytes before libhdf5 gets them. The
/// corresponding C functions are `H5FDregister` and `H5Pset_driver`.
enum ReadingDriver {
  /// Registers the driver.
  ///
  /// - Returns: The identifier of the driver, which stays valid; negative if libhdf5 fails.
  static func register() -> hid_t {
    var driver = unsafe H5FD_class_t()
    let name: StaticString = "cairn"
    unsafe driver.name = unsafe UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
    unsafe driver.maxaddr = haddr_t(Int64.max)
    unsafe driver.fc_degree = H5F_CLOSE_STRONG
    // The access properties of a file contain the address of its source.
    unsafe driver.fapl_size = unsafe MemoryLayout<UnsafeRawPointer>.size
    unsafe driver.open = { _, _, properties, _ in
      // A file that libhdf5 opens by itself, such as a source file of a virtual dataset, has no
      // `FileSource`, and cannot be opened.
      guard let place = unsafe H5Pget_driver_info(properties) else { return nil }
      return unsafe OpenedFile.make(place.load(as: UnsafeRawPointer.self))
    }
    unsafe driver.close = { file in
      unsafe OpenedFile.release(file)
      return 0
    }
    unsafe driver.query = { _, flags in
      // libhdf5 buffers small reads of a contiguous dataset.
      unsafe flags?.pointee = UInt(H5FD_FEAT_DATA_SIEVE)
      return 0
    }
    unsafe driver.get_eoa = { file, _ in unsafe OpenedFile.of(file).pointee.endOfAddresses }
    unsafe driver.set_eoa = { file, _, address in
      unsafe OpenedFile.of(file).pointee.endOfAddresses = address
      return 0
    }
    unsafe driver.get_eof = { file, _ in unsafe haddr_t(OpenedFile.of(file).pointee.source.size) }
    unsafe driver.read = { file, _, _, address, count, buffer in
      let file = unsafe OpenedFile.of(file).pointee
      return unsafe ReadingDriver.read(file.source, address, count, into: buffer)
    }
    unsafe driver.write = { _, _, _, _, _, _ in -1 }
    return unsafe H5FDregister(&driver)
  }

  /// Opens a file for reading.
  ///
  /// - Parameters:
  ///   - box: The source of the bytes.
  ///   - access: The access properties, which this function changes.
  /// - Returns: The identifier of the file; negative if libhdf5 fails.
  static func open(_ box: SourceBox, access: hid_t) -> hid_t {
    withExtendedLifetime(box) {
      var place = unsafe UnsafeRawPointer(Unmanaged.passUnretained(box).toOpaque())
      guard unsafe H5Pset_driver(access, library.readingDriver, &place) >= 0 else { return -1 }
      // libhdf5 needs a unique name, which this driver does not use.
      return unsafe H5Fopen("source-\(library.nextSerial())", chdf5_read_only(), access)
    }
  }

  private static func read(
    _ source: any FileSource, _ address: haddr_t, _ count: Int,
    into buffer: UnsafeMutableRawPointer?
  ) -> herr_t {
    guard let offset = Int(exactly: address), count >= 0,
      case let (end, overflow) = offset.addingReportingOverflow(count), !overflow
    else { return refuse("an address is outside of the file") }
    // libhdf5 may read a little beyond the end of the file, where it gets zeros. The limit prevents
    // a damaged file from making it allocate all memory for zeros.
    guard end <= source.size + maximumOverrun else {
      return refuse("\(count) bytes at \(offset) are outside of the file")
    }
    let available = max(0, min(count, source.size - offset))
    if end > source.size {
      unsafe buffer.map { _ = unsafe memset($0 + available, 0, count - available) }
    }
    // A source is never asked for bytes beyond its end.
    guard available > 0 else { return 0 }
    do throws(FileError) {
      try unsafe source.read(
        into: UnsafeMutableRawBufferPointer(start: buffer, count: available), at: offset)
      return 0
    } catch {
      // The error that is made from this reason says "damaged" already.
      if case .damaged(let reason) = error { return refuse(reason) }
      return refuse("\(error)")
    }
  }

  /// The maximum number of bytes that a read may extend beyond the end of the file.
  private static let maximumOverrun = 64 << 10

  /// Pushes the reason onto libhdf5's error stack, where ``ErrorStack`` finds it.
  private static func refuse(_ reason: String) -> herr_t {
    unsafe chdf5_push_error(reason)
    return -1
  }
}

/// A ``FileSource`` that libhdf5 refers to by a pointer.
final class SourceBox: Sendable {
  let source: any FileSource

  init(_ source: any FileSource) { self.source = source }
}

/// The file structure of the driver: libhdf5's part, which must be first, then the driver's.
@unsafe
private struct OpenedFile {
  private var head = unsafe H5FD_t()
  var endOfAddresses: haddr_t = 0
  private let box: Unmanaged<SourceBox>

  var source: any FileSource { unsafe box._withUnsafeGuaranteedRef { $0.source } }

  static func make(_ box: UnsafeRawPointer) -> UnsafeMutablePointer<H5FD_t> {
    let file = UnsafeMutablePointer<OpenedFile>.allocate(capacity: 1)
    unsafe file.initialize(to: OpenedFile(box: Unmanaged<SourceBox>.fromOpaque(box).retain()))
    return unsafe UnsafeMutableRawPointer(file).assumingMemoryBound(to: H5FD_t.self)
  }

  static func of(_ file: UnsafePointer<H5FD_t>?) -> UnsafeMutablePointer<OpenedFile> {
    guard let file = unsafe file else {
      fail("Internal error: libhdf5 passed no file to its driver.")
    }
    return unsafe UnsafeMutableRawPointer(mutating: file).assumingMemoryBound(to: OpenedFile.self)
  }

  static func of(_ file: UnsafeMutablePointer<H5FD_t>?) -> UnsafeMutablePointer<OpenedFile> {
    unsafe of(UnsafePointer(file))
  }

  static func release(_ file: UnsafeMutablePointer<H5FD_t>?) {
    let file = unsafe of(file)
    unsafe file.pointee.box.release()
    unsafe file.deinitialize(count: 1)
    unsafe file.deallocate()
  }
}
