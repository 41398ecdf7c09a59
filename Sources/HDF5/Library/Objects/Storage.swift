internal import CHDF5

/// The storage of a dataset, from its creation properties.
struct Storage {
  /// The storage layout of the elements.
  let layout: Layout
  /// The filters of each chunk, in the order in which they are applied when it is written.
  let filters: [Filter]

  init(of dataset: hid_t, _ attempt: Attempt) throws(HDF5Error) {
    let properties = try Handle(H5Dget_create_plist(dataset), attempt)
    layout = try Storage.layout(properties.id, attempt)
    var filters: [Filter] = []
    for index in 0..<max(0, H5Pget_nfilters(properties.id)) {
      filters.append(try Storage.filter(UInt32(index), properties.id, attempt))
    }
    self.filters = filters
  }

  private static func layout(_ properties: hid_t, _ attempt: Attempt) throws(HDF5Error) -> Layout {
    let layout = H5Pget_layout(properties)
    // First, because even the extents of a virtual dataset depend on other files.
    guard layout != H5D_VIRTUAL else { return .virtual }
    // libhdf5 reads from a list of external files with every layout, also with those for which it
    // refuses to write such a list.
    let externalFiles = try attempt.call(H5Pget_external_count(properties))
    guard externalFiles == 0 else { return .external }
    switch layout {
    case H5D_COMPACT: return .compact
    case H5D_CONTIGUOUS: return .contiguous
    case H5D_CHUNKED:
      var dimensions = [hsize_t](repeating: 0, count: Int(H5S_MAX_RANK))
      let rank = try unsafe attempt.call(
        H5Pget_chunk(properties, Int32(dimensions.count), &dimensions))
      return .chunked(dimensions.prefix(Int(rank)).map { Int(clamping: $0) })
    default: return .unknown
    }
  }

  private static func filter(
    _ index: UInt32, _ properties: hid_t, _ attempt: Attempt
  ) throws(HDF5Error) -> Filter {
    var flags: UInt32 = 0
    // The filters that are read have fewer parameters; of others, the first 20 are shown.
    var count = 20
    var parameters = [UInt32](repeating: 0, count: count)
    var name = [CChar](repeating: 0, count: 64)
    let identifier = try unsafe attempt.call(
      H5Pget_filter2(properties, index, &flags, &count, &parameters, name.count, &name, nil))
    let text = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    return Filter(
      identifier: Int(identifier), name: text.isEmpty ? "number \(identifier)" : text,
      parameters: parameters.prefix(count).map(Int.init))
  }
}
