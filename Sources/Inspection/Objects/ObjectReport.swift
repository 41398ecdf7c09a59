public import HDF5

/// A report about an object of a file, or about a link that is not followed.
///
/// See ``ObjectList`` for an example.
public struct ObjectReport: Sendable {
  /// The kind of an object, with its properties.
  public enum Content: Sendable {
    /// A group with a number of members.
    case group(memberCount: Int)
    /// A dataset.
    case dataset(DatasetReport)
    /// An object that is described at another path.
    case sameAs(path: String)
    /// A link that is not followed, a named datatype, or an object that cannot be opened.
    case other(Member.Kind)
  }

  /// The path of the object.
  public let path: String

  /// The kind of the object.
  public let content: Content

  /// The attributes, sorted by name.
  public let attributes: [(name: String, value: AttributeValue)]

  /// The reason why a part of the object cannot be shown, if there is one.
  public let problem: Problem?

  /// A reason why a part of an object cannot be shown.
  public struct Problem: Sendable {
    /// The reason, for users.
    public let reason: String
    /// Whether the file is damaged; otherwise the part exceeds a limit or is not supported.
    public let isDamage: Bool

    init(_ what: String, _ error: HDF5Error) {
      reason = "\(what): \(error.cause.limit ?? "\(error.cause)")"
      isDamage = error.cause.limit == nil
    }
  }
}

/// A report about a dataset, without its values.
///
/// See ``ObjectList`` for an example.
public struct DatasetReport: Sendable {
  /// The name of the variable in its model, if the dataset is one.
  public let name: String?

  /// The shape; `nil` for a null dataspace, and for a virtual dataset.
  public let shape: [Int]?

  /// The type of the elements.
  public let elementType: String

  /// The storage layout.
  public let layout: Layout

  /// The filters of each chunk, in the order in which they are applied when writing.
  public let filters: [Filter]

  /// The size of the stored elements in bytes.
  public let storageSize: Int

  /// The offset of the elements in the file, if they are contiguous.
  public let fileOffset: Int?
}

/// A list of objects.
///
/// ```swift
/// let objects = try Inspector(opening: path).tree().objects
/// for object in objects {
///   if case .dataset(let dataset) = object.content {
///     print(object.path, dataset.shape ?? [], dataset.elementType)
///   }
/// }
/// ```
public struct ObjectList: Sendable {
  /// The objects: each group before its members, members sorted by name.
  public let objects: [ObjectReport]

  /// The reason why objects are missing from the list, if some are.
  public let omission: String?
}
