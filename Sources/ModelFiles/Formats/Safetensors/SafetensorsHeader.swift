package import Files
import JSON

/// The header of a safetensors file: its tensors, and where their elements are.
///
/// A file is the length of the header in eight bytes, the header as JSON, and the elements of all
/// tensors, one after another:
///
/// ```json
/// {"__metadata__": {"format": "cairn"},
///  "conv1/bias": {"dtype": "F32", "shape": [32], "data_offsets": [0, 128]}, …}
/// ```
///
/// Nothing in it is trusted: everything is checked before the elements are read.
package struct SafetensorsHeader {
  fileprivate enum Limit {
    /// The maximum length of the header in bytes; the format itself allows 100 MB.
    static let header = 16 << 20
    /// The maximum rank of a tensor, which is that of HDF5.
    static let rank = 32
    /// The maximum number of parts of a name, each of which becomes a group.
    static let depth = 32
    /// The first bytes of the file.
    static let prefix = 8
  }

  /// A tensor.
  package struct Tensor {
    /// Its name.
    package let name: String
    let type: SafetensorsType
    let shape: [Int]
    /// The place of the elements in the file.
    package let range: Range<Int>
  }

  /// The tensors, in the order of their elements.
  package let tensors: [Tensor]

  /// The texts of `__metadata__`.
  let metadata: [String: String]

  /// The approximate size of an HDF5 file with these tensors, without their elements.
  var metadataSize: Int {
    tensors.reduce(metadata.reduce(64 << 10) { $0 + 2 * $1.value.utf8.count }) { size, tensor in
      size + 1024 + 2 * tensor.name.utf8.count + 2048 * tensor.name.split(separator: "/").count
    }
  }

  /// Whether a file begins as one of safetensors does.
  static func begins(_ head: [UInt8]) -> Bool {
    // No header is so long that the last byte of its length is not 0.
    head.count > Limit.prefix && head[7] == 0 && head[8] == UInt8(ascii: "{")
  }

  /// Reads the header of a file.
  ///
  /// - Throws: ``CheckpointError`` if it is not one, or does not fit the file.
  package init(of file: some FileSource, named path: String) throws(CheckpointError) {
    let bytes = try opening(path) { () throws(FileError) in
      try file.bytes(Limit.prefix, at: 0)
    }
    let length = UInt64(littleEndianBytes: bytes)
    guard length <= Limit.header else {
      throw .header(path, "has \(length) bytes, more than the limit of \(Limit.header)")
    }
    let start = Limit.prefix + Int(length)
    guard start <= file.size else {
      throw .header(
        path, "has \(length) bytes, but the file ends after \(file.size - Limit.prefix)")
    }
    let text = try opening(path) { () throws(FileError) in
      try file.bytes(Int(length), at: Limit.prefix)
    }
    guard let text = String(validating: text, as: UTF8.self) else {
      throw .header(path, "is not UTF-8")
    }
    let json: JSON
    do throws(JSONError) { json = try JSON(parsing: text) } catch {
      throw .header(path, "cannot be read: \(error)")
    }
    guard let members = json.object else { throw .header(path, "is not an object of JSON") }

    var tensors: [Tensor] = []
    var metadata: [String: String] = [:]
    guard members.count <= LayerLimits.count else {
      throw .header(
        path, "has \(members.count) members, more than the limit of \(LayerLimits.count)")
    }
    for (name, value) in members {
      if name == "__metadata__" {
        metadata = try Self.metadata(value, path)
      } else {
        tensors.append(try Tensor(name, value, elementsAt: start, path))
      }
    }
    tensors.sort {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    var end = start
    for tensor in tensors {
      guard tensor.range.lowerBound == end else {
        throw .content(
          path: path, object: tensor.name,
          problem: "begins at \(tensor.range.lowerBound - start), but the tensor before it ends at "
            + "\(end - start)")
      }
      end = tensor.range.upperBound
    }
    guard end == file.size else {
      throw .header(
        path, "describes \(end - start) bytes of elements, but the file has \(file.size - start)")
    }
    (self.tensors, self.metadata) = (tensors, metadata)
  }

  private static func metadata(
    _ json: JSON, _ path: String
  ) throws(CheckpointError) -> [String: String] {
    var texts: [String: String] = [:]
    for (key, value) in json.object ?? [:] { texts[key] = value.string }
    guard let members = json.object, texts.count == members.count else {
      throw .content(
        path: path, object: "__metadata__", problem: "is not an object whose values are texts")
    }
    return texts
  }
}

extension SafetensorsHeader.Tensor {
  /// Reads the description of a tensor.
  ///
  /// - Parameters:
  ///   - name: Its name.
  ///   - json: Its description.
  ///   - start: The place of the elements of the first tensor.
  ///   - path: The path of the file.
  /// - Throws: ``CheckpointError`` if it is not one.
  fileprivate init(
    _ name: String, _ json: JSON, elementsAt start: Int, _ path: String
  ) throws(CheckpointError) {
    func problem(_ problem: String) -> CheckpointError {
      .content(path: path, object: name, problem: problem)
    }
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard name.asName != nil, !name.utf8.contains(0),
      parts.count <= SafetensorsHeader.Limit.depth,
      parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." })
    else { throw problem("cannot be the name of a tensor") }
    guard let type = json["dtype"]?.string else { throw problem("has no dtype") }
    guard let type = SafetensorsType(rawValue: type) else {
      throw problem("has the dtype \(type), which is not supported")
    }
    let extents = json["shape"]?.array?.map(\.integer)
    guard let extents, extents.count <= SafetensorsHeader.Limit.rank,
      extents.allSatisfy({ $0.map { $0 >= 0 } ?? false })
    else {
      throw problem(
        "has no shape of at most \(SafetensorsHeader.Limit.rank) extents, each at least 0")
    }
    let offsets = json["data_offsets"]?.array?.map(\.integer)
    guard let offsets, offsets.count == 2, let first = offsets[0], let last = offsets[1],
      0 <= first, first <= last, last <= Int.max - start
    else { throw problem("has no data_offsets [begin, end], with 0 <= begin <= end") }
    let shape = extents.compactMap(\.self)
    var (size, overflow) = (type.size, false)
    for extent in shape where !overflow {
      (size, overflow) = size.multipliedReportingOverflow(by: extent)
    }
    // A product that overflows may still be 0.
    if shape.contains(0) { (size, overflow) = (0, false) }
    guard !overflow, size == last - first else {
      throw problem(
        "has \(last - first) bytes, which do not fit its shape \(shape) of \(type.rawValue)")
    }
    (self.name, self.type, self.shape) = (name, type, shape)
    range = start + first..<start + last
  }
}

extension CheckpointError {
  fileprivate static func header(_ path: String, _ problem: String) -> CheckpointError {
    .content(path: path, object: "safetensors header", problem: problem)
  }
}
