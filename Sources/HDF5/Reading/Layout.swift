internal import CHDF5

/// The storage layout of a dataset.
public enum Layout: Equatable, Sendable {
  /// In the object header.
  case compact
  /// In one piece of the file.
  case contiguous
  /// In chunks of the given shape, each of which may be compressed.
  case chunked([Int])
  /// In datasets of other files; never read.
  case virtual
  /// In other files, as raw bytes; never read.
  case external
  /// In a layout that libhdf5 does not know.
  case unknown
}

extension Layout: CustomStringConvertible {
  /// The name of the layout, and the shape of the chunks.
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

/// A filter that is applied to each chunk of a dataset when it is written, such as deflate.
public struct Filter: Equatable, Sendable {
  /// The registered number of the filter.
  public let identifier: Int
  /// The name of the filter.
  public let name: String
  /// The parameters of the filter; for deflate, the level.
  public let parameters: [Int]

  /// Creates a filter.
  ///
  /// - Parameters:
  ///   - identifier: The registered number of the filter.
  ///   - name: The name of the filter.
  ///   - parameters: The parameters of the filter.
  public init(identifier: Int, name: String, parameters: [Int]) {
    self.identifier = identifier
    self.name = name
    self.parameters = parameters
  }

  /// Whether it is deflate.
  var isDeflate: Bool { identifier == Int(H5Z_FILTER_DEFLATE) }

  /// Whether it is fletcher32, a checksum of four bytes after the chunk.
  var isFletcher32: Bool { identifier == Int(H5Z_FILTER_FLETCHER32) }

  /// Whether datasets with this filter are read.
  ///
  /// The other filters of libhdf5 have a history of memory errors, and all others would be plugins
  /// from outside.
  var isAllowed: Bool {
    isDeflate || isFletcher32 || identifier == Int(H5Z_FILTER_SHUFFLE)
  }
}
