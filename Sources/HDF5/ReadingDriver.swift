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
      ReadingDriver.read(OpenedFile.of(file).pointee.source, address, count, into: buffer)
    }
    driver.write = { _, _, _, _, _, _ in -1 }
    return H5FDregister(&driver)
  }

  /// Opens a file for reading.
  ///
  /// - Parameters:
  ///   - source: Where the bytes come from.
  ///   - access: The properties of the access, which get this driver.
  /// - Returns: The identifier of the file; negative if libhdf5 refuses.
  static func open(_ source: any FileSource, access: hid_t) -> hid_t {
    let box = SourceBox(source)
    return withExtendedLifetime(box) {
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
    // libhdf5 may read a little more than the file has, to find where something ends.
    let available = max(0, min(count, source.size - offset))
    if end > source.size { buffer.map { _ = memset($0 + available, 0, count - available) } }
    // No source has to know places beyond its end.
    guard available > 0 else { return 0 }
    do throws(HDF5Error.Cause) {
      try source.read(
        into: UnsafeMutableRawBufferPointer(start: buffer, count: available), at: offset)
      return 0
    } catch {
      // Whoever hears of it says that it is damage.
      if case .damaged(let reason) = error { return refuse(reason) }
      return refuse("\(error)")
    }
  }

  /// Leaves the reason where ``ErrorStack`` finds it.
  private static func refuse(_ reason: String) -> herr_t {
    chdf5_push_error(reason)
    return -1
  }
}

/// A ``FileSource`` behind a pointer.
private final class SourceBox: Sendable {
  let source: any FileSource

  init(_ source: any FileSource) { self.source = source }
}

/// What libhdf5 keeps of a file that is open: its own part first, then what the driver adds.
private struct OpenedFile {
  private var head = H5FD_t()
  var endOfAddresses: haddr_t = 0
  private let box: Unmanaged<SourceBox>

  var source: any FileSource { box._withUnsafeGuaranteedRef { $0.source } }

  static func make(_ box: UnsafeRawPointer) -> UnsafeMutablePointer<H5FD_t> {
    let file = UnsafeMutablePointer<OpenedFile>.allocate(capacity: 1)
    file.initialize(to: OpenedFile(box: Unmanaged<SourceBox>.fromOpaque(box).retain()))
    return UnsafeMutableRawPointer(file).assumingMemoryBound(to: H5FD_t.self)
  }

  static func of(_ file: UnsafePointer<H5FD_t>?) -> UnsafeMutablePointer<OpenedFile> {
    guard let file else { preconditionFailure("libhdf5 asks for a file that it has not opened") }
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
