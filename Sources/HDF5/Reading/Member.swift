/// One link in a group, and what it leads to.
public struct Member: Equatable, Sendable {
  /// What a link leads to.
  public enum Kind: Equatable, Sendable {
    /// A group.
    case group
    /// A dataset.
    case dataset
    /// A datatype that was stored under a name of its own.
    case namedDatatype
    /// A path in the same file, which need not exist; it is not followed.
    case softLink(target: String)
    /// A path in another file; it is not followed.
    case externalLink(file: String, target: String)
    /// A link of a kind that libhdf5 itself does not know.
    case other
    /// An object that is not opened though it may be good, for the reason given.
    case unopened(String)
    /// An object that cannot be opened, for the reason given.
    case unreadable(String)
  }

  /// The name of the link.
  public let name: String
  /// What it leads to.
  public let kind: Kind
  /// The address of the object: equal for two hard links to the same one.
  ///
  /// Nil for links that are not hard links.
  public let address: UInt64?
  /// The number of hard links that lead to the object, this one included, as the file has it.
  ///
  /// 0 for links that are not hard links.
  public let linkCount: Int

  /// Creates a member.
  ///
  /// - Parameters:
  ///   - name: The name of the link.
  ///   - kind: What it leads to.
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
  /// The kind in words, such as "a soft link to '/a'".
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
