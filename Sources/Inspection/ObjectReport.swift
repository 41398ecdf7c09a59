public import HDF5

/// An object or a link of a file, as it is.
public struct ObjectReport: Sendable {
  /// The true path in the file.
  public let path: String

  /// What the link leads to.
  public let kind: Member.Kind

  /// The path under which the same object was met before, if it has several.
  public let sameAs: String?

  /// What a dataset is; `nil` for anything else.
  public let dataset: DatasetReport?

  /// The attributes, in the order of their names.
  public let attributes: [(name: String, value: AttributeValue)]

  /// What kept the object from being read, if anything did.
  public let problem: String?
}

/// A dataset, without its elements.
public struct DatasetReport: Sendable {
  /// The extent of each axis.
  public let shape: [Int]

  /// The type of the elements.
  public let elementType: ElementType

  /// How the elements are laid out.
  public let layout: Layout

  /// The filters that the elements pass through.
  public let filters: [Filter]

  /// How many bytes are stored.
  public let storageSize: Int

  /// Where the elements begin in the file, if they are contiguous.
  public let fileOffset: Int?
}
