/// An object of an open file: a ``Group`` or a ``Dataset``.
///
/// The file stays open for as long as one of its objects exists.
public protocol FileObject: ~Copyable, Sendable {
  /// The open object, which only this module can use.
  var object: OpenObject { get }
}

extension FileObject where Self: ~Copyable {
  /// The path that the object was opened with, from the root group.
  public var path: String { object.path }

  /// The address of the object in the file.
  ///
  /// All paths to the same object have the same address.
  ///
  /// - Throws: ``HDF5Error`` if the object is damaged.
  public var address: UInt64 {
    get throws(HDF5Error) { try object.identity().address }
  }

  /// The number of hard links to the object, as stored in the file.
  ///
  /// - Throws: ``HDF5Error`` if the object is damaged.
  public var linkCount: Int {
    get throws(HDF5Error) { try object.identity().linkCount }
  }

  /// The names of the object's attributes, ordered by their bytes.
  ///
  /// - Throws: ``HDF5Error`` if they are damaged or too many.
  public var attributeNames: [String] {
    get throws(HDF5Error) { try object.attributeNames() }
  }

  /// Reads an attribute of the object.
  ///
  /// - Parameter name: The name of the attribute.
  /// - Returns: Its value, or nil if the object has no such attribute.
  /// - Throws: ``HDF5Error`` if the attribute is damaged or too large.
  public func attribute(_ name: String) throws(HDF5Error) -> AttributeValue? {
    try object.attribute(name)
  }
}
