import Files
import Preconditions
internal import CHDF5
internal import Glibc

/// The file driver through which libhdf5 reads every file: it asks a ``FileSource`` for the bytes.
///
/// So libhdf5 opens no file by itself, and what it gets to see may be checked before. The corresponding
/// C functions are `H5FDregister` and `H5Pset_driver`.
enum ReadingDriver {
  /// Makes libhdf5 know the driver.
  ///
  /// - Returns: The driver's identifier, which stays valid; negative if libhdf5 refuses.
  static func register() -> hid_t {
    var driver = H5FD_class_t()
    let name: StaticString = "cairn"
    driver.name = UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
    driver.maxaddr = haddr_t(Int64.max)
    driver.fc_degree = H5F_CLOSE_STRONG
    // The properties of a file that is being opened hold the address of its source.
    driver.fapl_size = MemoryLayout<UnsafeRawPointer>.size
    driver.open = { _, _, properties, _ in
      // A file that libhdf5 opens of its own accord, as those that a virtual dataset is made of, has no
      // source, and is refused.
      guard let place = H5Pget_driver_info(properties) else { return nil }
      return OpenedFile.make(place.load(as: UnsafeRawPointer.self))
    }
    driver.close = { file in
      OpenedFile.release(file)
      return 0
    }
    driver.query = { _, flags in
      // Small reads of a contiguous dataset go through a buffer.
      flags?.pointee = UInt(H5FD_FEAT_DATA_SIEVE)
      return 0
    }
    driver.get_eoa = { file, _ in OpenedFile.of(file).pointee.endOfAddresses }
    driver.set_eoa = { file, _, address in
      OpenedFile.of(file).pointee.endOfAddresses = address
      return 0
    }
    driver.get_eof = { file, _ in haddr_t(OpenedFile.of(file).pointee.source.size) }
    driver.read = { file, _, _, address, count, buffer in
      let file = OpenedFile.of(file).pointee
      file.note()
      return ReadingDriver.read(file.source, address, count, into: buffer)
    }
    driver.write = { _, _, _, _, _, _ in -1 }
    return H5FDregister(&driver)
  }

  /// Opens a file for reading.
  ///
  /// - Parameters:
  ///   - box: Where the bytes come from.
  ///   - access: The properties of the access, which get this driver.
  /// - Returns: The identifier of the file; negative if libhdf5 refuses.
  static func open(_ box: SourceBox, access: hid_t) -> hid_t {
    withExtendedLifetime(box) {
      var place = UnsafeRawPointer(Unmanaged.passUnretained(box).toOpaque())
      guard H5Pset_driver(access, library.readingDriver, &place) >= 0 else { return -1 }
      // libhdf5 asks for a name, though it is of no use to this driver.
      return H5Fopen("source-\(library.nextSerial())", chdf5_read_only(), access)
    }
  }

  private static func read(
    _ source: any FileSource, _ address: haddr_t, _ count: Int,
    into buffer: UnsafeMutableRawPointer?
  ) -> herr_t {
    guard let offset = Int(exactly: address), count >= 0,
      case let (end, overflow) = offset.addingReportingOverflow(count), !overflow
    else { return refuse("an address lies outside of the file") }
    // libhdf5 may read a little more than the file has, to find where something ends. Where a damaged file
    // makes it want more than that, the zeros could fill all memory.
    guard end <= source.size + mostBeyond else {
      return refuse("\(count) bytes from \(offset) on lie outside of the file")
    }
    let available = max(0, min(count, source.size - offset))
    if end > source.size { buffer.map { _ = memset($0 + available, 0, count - available) } }
    // No source has to know places beyond its end.
    guard available > 0 else { return 0 }
    do throws(FileError) {
      try source.read(
        into: UnsafeMutableRawBufferPointer(start: buffer, count: available), at: offset)
      return 0
    } catch {
      // Whoever hears of it says that it is damage.
      if case .damaged(let reason) = error { return refuse(reason) }
      return refuse("\(error)")
    }
  }

  /// How far beyond the end of a file a read may go.
  private static let mostBeyond = 64 << 10

  /// Leaves the reason where ``ErrorStack`` finds it.
  private static func refuse(_ reason: String) -> herr_t {
    chdf5_push_error(reason)
    return -1
  }
}

/// A ``FileSource`` behind a pointer, and what it is called.
final class SourceBox: @unchecked Sendable {
  // Invariant of `@unchecked Sendable`: the string is never changed, and freed when nobody has the box.
  let source: any FileSource
  private let name: UnsafeMutablePointer<CChar>

  init(_ source: any FileSource, _ path: String) {
    self.source = source
    // It may go to a terminal.
    let shown = String(
      String.UnicodeScalarView(path.unicodeScalars.map { $0.isPrintable ? $0 : "?" }))
    let bytes = Array(shown.utf8)
    name = .allocate(capacity: bytes.count + 1)
    for (index, byte) in bytes.enumerated() { name[index] = CChar(bitPattern: byte) }
    name[bytes.count] = 0
    DamageGuard.begin(name, size: source.size)
  }

  deinit {
    DamageGuard.end(name)
    name.deallocate()
  }

  /// Tells the guard that libhdf5 is about to work on this file.
  func note() { DamageGuard.note(name, size: source.size) }
}

/// What libhdf5 keeps of a file that is open: its own part first, then what the driver adds.
private struct OpenedFile {
  private var head = H5FD_t()
  var endOfAddresses: haddr_t = 0
  private let box: Unmanaged<SourceBox>

  func note() { box._withUnsafeGuaranteedRef { $0.note() } }
  var source: any FileSource { box._withUnsafeGuaranteedRef { $0.source } }

  static func make(_ box: UnsafeRawPointer) -> UnsafeMutablePointer<H5FD_t> {
    let file = UnsafeMutablePointer<OpenedFile>.allocate(capacity: 1)
    file.initialize(to: OpenedFile(box: Unmanaged<SourceBox>.fromOpaque(box).retain()))
    return UnsafeMutableRawPointer(file).assumingMemoryBound(to: H5FD_t.self)
  }

  static func of(_ file: UnsafePointer<H5FD_t>?) -> UnsafeMutablePointer<OpenedFile> {
    guard let file else { fail("Internal error: libhdf5 asks for a file that it has not opened.") }
    return UnsafeMutableRawPointer(mutating: file).assumingMemoryBound(to: OpenedFile.self)
  }

  static func of(_ file: UnsafeMutablePointer<H5FD_t>?) -> UnsafeMutablePointer<OpenedFile> {
    of(UnsafePointer(file))
  }

  static func release(_ file: UnsafeMutablePointer<H5FD_t>?) {
    let file = of(file)
    file.pointee.box.release()
    file.deinitialize(count: 1)
    file.deallocate()
  }
}

extension Unicode.Scalar {
  /// Whether a terminal shows the scalar and does nothing else with it.
  fileprivate var isPrintable: Bool {
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: false
    default: true
    }
  }
}
