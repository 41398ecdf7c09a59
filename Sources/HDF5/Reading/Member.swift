/// A member of a group: a link and the object that it points to.
public struct Member: Equatable, Sendable {
  /// The kind of a link or of its object.
  public enum Kind: Equatable, Sendable {
    /// A group.
    case group
    /// A dataset.
    case dataset
    /// A named datatype (also called committed datatype).
    case namedDatatype
    /// A soft link to a path in the same file, which may not exist. It is not followed.
    case softLink(target: String)
    /// An external link to a path in another file. It is not followed.
    case externalLink(file: String, target: String)
    /// A user-defined link.
    case other
    /// An object that may be intact but is not opened, with the reason.
    case unopened(String)
    /// An object that cannot be opened, with the reason.
    case unreadable(String)
  }

  /// The name of the link.
  public let name: String
  /// The kind of the link or of its object.
  public let kind: Kind
  /// The address of the object, which is the same for all hard links to it.
  ///
  /// Nil for soft, external and user-defined links.
  public let address: UInt64?
  /// The number of hard links to the object, including this one, as stored in the file.
  ///
  /// 0 for soft, external and user-defined links.
  public let linkCount: Int

  /// Creates a member.
  ///
  /// - Parameters:
  ///   - name: The name of the link.
  ///   - kind: The kind of the link or of its object.
  ///   - address: The address of the object, or nil.
  ///   - linkCount: The number of hard links to the object.
  public init(name: String, kind: Kind, address: UInt64?, linkCount: Int) {
    self.name = name
    self.kind = kind
    self.address = address
    self.linkCount = linkCount
  }
}

extension Member.Kind: CustomStringConvertible {
  /// The kind as a noun phrase, such as "a soft link to '/a'".
  public var description: String {
    switch self {
    case .group: "a group"
    case .dataset: "a dataset"
    case .namedDatatype: "a named datatype"
    case .softLink(let target): "a soft link to '\(target)'"
    case .externalLink(let file, let target): "an external link to '\(target)' in '\(file)'"
    case .other: "a user-defined link"
    case .unopened(let reason): "not opened: \(reason)"
    case .unreadable(let reason): "an unreadable object (\(reason))"
    }
  }
}
