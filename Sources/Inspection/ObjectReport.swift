public import HDF5

/// One object of a file, or one link that leads to none.
public struct ObjectReport: Sendable {
  /// What is at a path.
  public enum Content: Sendable {
    /// A group, with the number of its members.
    case group(memberCount: Int)
    /// A dataset.
    case dataset(DatasetReport)
    /// An object that is described at another path.
    case sameAs(path: String)
    /// A link that is shown and not followed, a named datatype, or what cannot be opened.
    case other(Member.Kind)
  }

  /// The path of the object.
  public let path: String

  /// What it is.
  public let content: Content

  /// The attributes, in the order of their names.
  public let attributes: [(name: String, value: AttributeValue)]

  /// What of the object cannot be shown, if there is something.
  public let problem: Problem?

  /// Why a part of an object cannot be shown.
  public struct Problem: Sendable {
    /// The reason in words.
    public let reason: String
    /// Whether something is wrong with the file, rather than beyond what this program reads.
    public let isDamage: Bool

    init(_ what: String, _ error: HDF5Error) {
      reason = "\(what): \(error.cause.limit ?? "\(error.cause)")"
      isDamage = error.cause.limit == nil
    }
  }
}

/// How a dataset is stored.
public struct DatasetReport: Sendable {
  /// What the dataset is in its model, if it is known.
  public let name: String?

  /// The extents; nil if there is no dataspace, or it depends on other files.
  public let shape: [Int]?

  /// The type of the elements.
  public let elementType: String

  /// Where the elements are kept.
  public let layout: Layout

  /// What each chunk went through when it was written, in order.
  public let filters: [Filter]

  /// The bytes that the elements take in the file.
  public let storageSize: Int

  /// Where in the file the elements begin, if they are in one piece.
  public let fileOffset: Int?
}

/// Objects of a file.
public struct ObjectList: Sendable {
  /// The objects: a group before its members, members in the order of their names.
  public let objects: [ObjectReport]

  /// Why objects are missing from the list, if they are.
  public let omission: String?
}
