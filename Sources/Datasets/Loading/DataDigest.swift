internal import Files

/// The digest of a data set, which tells whether a run is resumed with its own data.
///
/// ```swift
/// let earlier = LabeledImages(train: images).digest
/// let now = LabeledImages(train: images).digest
/// print(now.firstDifference(from: earlier)?.description ?? "the same data")
/// ```
public struct DataDigest: Codable, Equatable, Sendable {
  /// A file or an array of the data.
  public struct Record: Codable, Equatable, Sendable {
    /// The path below the folder of the data, after the name of the set, such as `train/cat/1.png`;
    /// for arrays the name, such as `x_train`.
    public let name: String

    /// The first 32 bits of the SHA-256 digest of the content, in hexadecimal.
    public let digest: String

    /// Creates a record.
    ///
    /// - Parameters:
    ///   - name: The name of the file or array.
    ///   - digest: The beginning of its digest, in hexadecimal.
    public init(name: String, digest: String) {
      self.name = name
      self.digest = digest
    }
  }

  /// The SHA-256 digest of everything that a run learns from, in hexadecimal.
  ///
  /// For gray IDX data, it covers the pixels and the classes as bytes, and no names. For arrays, it
  /// covers their names, shapes and elements, and the names of the classes. For pictures, it covers
  /// the paths, the classes and the bytes of the files, so that it does not depend on the size to
  /// which they are brought.
  public let sha256: String

  /// The files or arrays, in the order of the data.
  public let records: [Record]

  /// Creates a digest from its parts, such as those that a checkpoint contains.
  ///
  /// - Parameters:
  ///   - sha256: The digest of everything, in hexadecimal.
  ///   - records: The files or arrays.
  public init(sha256: String, records: [Record]) {
    self.sha256 = sha256
    self.records = records
  }

  /// Computes the digest of sets of gray bytes.
  ///
  /// - Parameter sets: The training set, and the test set if there is one; each with bytes, and at
  ///   most 256 classes.
  /// - Returns: The digest in hexadecimal; `nil` for other sets.
  public static func sha256(ofGrayBytes sets: [ImageSet]) -> String? {
    var hash = SHA256()
    for set in sets {
      guard set.channels == 1, let bytes = set.bytes, (set.classes.max() ?? 0) < 256 else {
        return nil
      }
      hash.update(bytes)
      hash.update(set.classes.map { UInt8(truncatingIfNeeded: $0) })
    }
    return hexadecimal(hash.digest)
  }

  /// The difference between two digests.
  public enum Difference: Equatable, Sendable, CustomStringConvertible {
    /// The file or array has another content.
    case changed(String)
    /// The file or array is not there any more.
    case missing(String)
    /// The file or array was not there.
    case added(String)
    /// Something else differs, such as the order, or the files are not recorded.
    case unknown

    /// The difference as a clause.
    public var description: String {
      switch self {
      case .changed(let name): "'\(name)' has changed"
      case .missing(let name): "'\(name)' is missing"
      case .added(let name): "'\(name)' is new"
      case .unknown: "the data has changed"
      }
    }
  }

  /// Returns the first difference from an earlier digest; `nil` if the data is the same.
  ///
  /// - Parameter earlier: The digest of the data that a run began with.
  /// - Returns: The first file or array that has changed or is missing, in the earlier order;
  ///   otherwise the first one that is new.
  public func firstDifference(from earlier: DataDigest) -> Difference? {
    guard sha256 != earlier.sha256 else { return nil }
    let digests = Dictionary(
      records.map { ($0.name, $0.digest) }, uniquingKeysWith: { first, _ in first })
    for record in earlier.records {
      guard let digest = digests[record.name] else { return .missing(record.name) }
      if digest != record.digest { return .changed(record.name) }
    }
    let names = Set(earlier.records.map(\.name))
    guard !earlier.records.isEmpty, let new = records.first(where: { !names.contains($0.name) })
    else { return .unknown }
    return .added(new.name)
  }

  /// Formats bytes as hexadecimal digits.
  static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
