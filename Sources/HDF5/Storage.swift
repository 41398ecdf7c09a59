internal import CHDF5

/// Where the elements of a dataset are kept.
public enum Layout: Equatable, Sendable {
  /// In the object's own header.
  case compact
  /// In one piece.
  case contiguous
  /// In pieces of the given shape, each of which may be compressed.
  case chunked([Int])
  /// In datasets of other files; never read.
  case virtual
  /// In other files, as raw bytes; never read.
  case external
  /// In a way that libhdf5 does not know.
  case unknown
}

extension Layout: CustomStringConvertible {
  /// The layout in words.
  public var description: String {
    switch self {
    case .compact: "compact"
    case .contiguous: "contiguous"
    case .chunked(let shape): "chunked \(shape)"
    case .virtual: "virtual"
    case .external: "external"
    case .unknown: "unknown"
    }
  }
}

/// One step that each chunk of a dataset goes through when it is written.
public struct Filter: Equatable, Sendable {
  /// The filter's registered number.
  public let identifier: Int
  /// The name of the filter.
  public let name: String
  /// Its parameters; for deflate, the level.
  public let parameters: [Int]

  /// Creates a filter.
  ///
  /// - Parameters:
  ///   - identifier: The filter's registered number.
  ///   - name: The name of the filter.
  ///   - parameters: Its parameters.
  public init(identifier: Int, name: String, parameters: [Int]) {
    self.identifier = identifier
    self.name = name
    self.parameters = parameters
  }

  /// Whether datasets that went through the filter are read.
  ///
  /// The rest of the filters that are built into libhdf5 have a history of memory errors, and
  /// those that are not would be code from elsewhere.
  var isAllowed: Bool {
    [H5Z_FILTER_DEFLATE, H5Z_FILTER_SHUFFLE, H5Z_FILTER_FLETCHER32].contains(Int32(identifier))
  }
}

/// How a dataset is stored, as its creation properties have it.
struct Storage {
  /// Where the elements are kept.
  let layout: Layout
  /// What each chunk goes through when it is written, in order.
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
    // Asked first: even the extents of a virtual dataset lead to other files.
    guard layout != H5D_VIRTUAL else { return .virtual }
    // libhdf5 obeys a list of external files whatever the layout is, also where it refuses to write one.
    let externalFiles = H5Pget_external_count(properties)
    try attempt.check(externalFiles)
    guard externalFiles == 0 else { return .external }
    switch layout {
    case H5D_COMPACT: return .compact
    case H5D_CONTIGUOUS: return .contiguous
    case H5D_CHUNKED:
      var dimensions = [hsize_t](repeating: 0, count: Int(H5S_MAX_RANK))
      let rank = H5Pget_chunk(properties, Int32(dimensions.count), &dimensions)
      try attempt.check(rank)
      return .chunked(dimensions.prefix(Int(rank)).map { Int(clamping: $0) })
    default: return .unknown
    }
  }

  private static func filter(
    _ index: UInt32, _ properties: hid_t, _ attempt: Attempt
  ) throws(HDF5Error) -> Filter {
    var flags: UInt32 = 0
    // No filter we read has more; of the others the first ones are shown.
    var count = 20
    var parameters = [UInt32](repeating: 0, count: count)
    var name = [CChar](repeating: 0, count: 64)
    let identifier = H5Pget_filter2(
      properties, index, &flags, &count, &parameters, name.count, &name, nil)
    try attempt.check(identifier)
    let text = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    return Filter(
      identifier: Int(identifier), name: text.isEmpty ? "number \(identifier)" : text,
      parameters: parameters.prefix(count).map(Int.init))
  }
}
