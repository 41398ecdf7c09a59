internal import CHDF5
import Sandbox

/// The description of a dataset, without its elements; see ``Dataset``.
struct DatasetHeader {
  let shape: [Int]
  let isNull: Bool
  let elementType: ElementType
  let elementSize: Int
  let layout: Layout
  let filters: [Filter]
  let storageSize: Int
  let fileOffset: Int?
  let count: Int?
  let isPlain: Bool
}

extension DatasetHeader {
  /// Asks libhdf5 for it.
  init(of object: LibraryObject) throws(HDF5Error) {
    let id = object.handle.id
    let attempt = object.attempt(.read)
    let storage = try Storage(of: id, attempt)
    let type = try Handle(H5Dget_type(id), attempt)
    // For the extents or the size of a virtual dataset, libhdf5 opens its source files.
    let isVirtual = storage.layout == .virtual
    let extent = isVirtual ? nil : try Extent(ofDataset: id, attempt)
    shape = extent?.shape ?? []
    isNull = extent?.isNull ?? false
    count = extent?.count
    elementType = ElementType(describing: type.id)
    elementSize = H5Tget_size(type.id)
    layout = storage.layout
    filters = storage.filters
    storageSize = isVirtual ? 0 : Int(clamping: H5Dget_storage_size(id))
    fileOffset = layout == .contiguous ? Int(exactly: H5Dget_offset(id)) : nil
    isPlain = ElementType.isPlain(type.id)
  }
}

extension DatasetHeader: Transferable {
  func write(to message: inout MessageWriter) {
    message.write(shape) { $0.write($1) }
    message.write(isNull)
    message.write(elementType)
    message.write(elementSize)
    message.write(layout)
    message.write(filters) { $0.write($1) }
    message.write(storageSize)
    message.write(fileOffset) { $0.write($1) }
    message.write(count) { $0.write($1) }
    message.write(isPlain)
  }

  init(from message: inout MessageReader) throws(SandboxError) {
    shape = try message.readList { (m) throws(SandboxError) in try m.readSize() }
    isNull = try message.readBool()
    elementType = try message.read()
    elementSize = try message.readSize()
    layout = try message.read()
    filters = try message.readList { (m) throws(SandboxError) in try m.read() }
    storageSize = try message.readSize()
    fileOffset = try message.readOptional { (m) throws(SandboxError) in try m.readSize() }
    count = try message.readOptional { (m) throws(SandboxError) in try m.readSize() }
    isPlain = try message.readBool()
    // Reading relies on the count. The extents of a virtual dataset are not known.
    let expected = isNull ? 0 : layout == .virtual ? nil : shape.checkedProduct
    guard count == expected, !isNull && layout != .virtual || shape.isEmpty else {
      throw .malformed
    }
  }
}
