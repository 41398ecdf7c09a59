import Preconditions
internal import CHDF5

/// A group of a file that is being built.
///
/// A path may have several components; missing groups on the path are created.
public struct GroupWriter: ~Copyable {
  /// The group's identifier.
  ///
  /// Declared before `file`, so that it is released before the file is closed.
  private let handle: Handle
  /// The path of the group, from the root group.
  public let path: String
  private let file: ImageFile

  init(_ handle: consuming Handle, path: String, file: ImageFile) {
    self.handle = handle
    self.path = path
    self.file = file
  }

  // MARK: - Groups and links

  /// Creates a group, or opens it if it exists.
  ///
  /// The corresponding C function is `H5Gcreate2`.
  ///
  /// - Parameter path: The path of the group from this one.
  /// - Returns: The group.
  /// - Throws: ``HDF5Error`` if a component of the path is a dataset.
  @discardableResult
  public func createGroup(_ path: String) throws(HDF5Error) -> GroupWriter {
    try library.withLock(try group(at: components(of: path, .create)[...]))
  }

  /// Creates a hard link: a second name of an object, equivalent to the first.
  ///
  /// The corresponding C function is `H5Lcreate_hard`.
  ///
  /// - Parameters:
  ///   - path: The path of the object from this group.
  ///   - newPath: The path of the link from this group.
  /// - Throws: ``HDF5Error`` if there is no such object, or the new path exists.
  public func hardLink(from path: String, to newPath: String) throws(HDF5Error) {
    try library.withLock { () throws(HDF5Error) in
      let components = try components(of: newPath, .link)
      let parent = try group(at: components.dropLast())
      let attempt = attempt(.link, newPath)
      guard !path.utf8.contains(0) else { throw attempt.failure(.objectNotFound) }
      try unsafe attempt.call(
        H5Lcreate_hard(handle.id, path, parent.handle.id, components[components.count - 1], 0, 0))
    }
  }

  // MARK: - Datasets

  /// Writes a dataset.
  ///
  /// - Parameters:
  ///   - values: The elements in C order: the last dimension varies fastest.
  ///   - shape: The extents of the dataset; empty for a scalar.
  ///   - path: The path of the dataset from this group.
  /// - Throws: ``HDF5Error`` if the path exists, or there is not enough memory.
  /// - Precondition: The product of `shape` is the count of `values`.
  public func write<Element: DatasetElement>(
    _ values: [Element], shape: [Int], to path: String
  ) throws(HDF5Error) {
    try unsafe values.withUnsafeBufferPointer { values throws(HDF5Error) in
      try unsafe write(values, shape: shape, to: path)
    }
  }

  /// Writes a dataset from a buffer of the caller.
  ///
  /// The corresponding C functions are `H5Dcreate2` and `H5Dwrite`.
  ///
  /// - Parameters:
  ///   - values: The elements in C order: the last dimension varies fastest.
  ///   - shape: The extents of the dataset; empty for a scalar.
  ///   - path: The path of the dataset from this group.
  /// - Throws: ``HDF5Error`` if the path exists, or there is not enough memory.
  /// - Precondition: The product of `shape` is the count of `values`.
  public func write<Element: DatasetElement>(
    _ values: UnsafeBufferPointer<Element>, shape: [Int], to path: String
  ) throws(HDF5Error) {
    require(
      shape.allSatisfy { $0 >= 0 } && shape.checkedProduct == values.count,
      "`values` must have as many elements as the shape \(shape), but has \(values.count).")
    try library.withLock { () throws(HDF5Error) in
      let types = NumericTypes(Element.self)
      let dataset = try createDataset(path, type: types.stored, shape: shape)
      guard let address = values.baseAddress, !values.isEmpty else { return }
      try unsafe attempt(.write, path).call(H5Dwrite(dataset.id, types.native, 0, 0, 0, address))
    }
  }

  /// Creates a dataset whose elements are in another file, in row-major order.
  ///
  /// - Parameters:
  ///   - type: The type of the elements, a number in little-endian order.
  ///   - shape: The extents of the dataset; empty for a scalar.
  ///   - offset: The place of the first element in the file that ``FileWriter/finish(elementsIn:)``
  ///     gets.
  ///   - path: The path of the dataset from this group.
  /// - Throws: ``HDF5Error`` if the path exists, or there is not enough memory.
  public func outline(
    _ type: ElementType, shape: [Int], elementsAt offset: Int, to path: String
  ) throws(HDF5Error) {
    try library.withLock { () throws(HDF5Error) in
      let attempt = attempt(.write, path)
      let type = try type.makeType(attempt)
      let dataset = try createDataset(
        path, type: type.id, shape: shape, file.outlineProperties.id)
      let size = Int(H5Dget_storage_size(dataset.id))
      guard size > 0 else { return }
      guard let start = Int(exactly: H5Dget_offset(dataset.id)) else { throw attempt.failure() }
      file.outlines.append(ElementSource.Piece(range: start..<start + size, offset: offset))
    }
  }

  /// Writes one number as a scalar dataset.
  ///
  /// - Parameters:
  ///   - value: The number.
  ///   - path: The path of the dataset from this group.
  /// - Throws: ``HDF5Error`` if the path exists, or there is not enough memory.
  public func write<Element: DatasetElement>(
    _ value: Element, to path: String
  ) throws(HDF5Error) {
    try write([value], shape: [], to: path)
  }

  /// Writes one string as a scalar dataset of variable length.
  ///
  /// - Parameters:
  ///   - value: The string.
  ///   - characterSet: The encoding that is stored with the type.
  ///   - path: The path of the dataset from this group.
  /// - Throws: ``HDF5Error`` if the string contains a zero byte or cannot be encoded, the path
  ///   exists, or there is not enough memory.
  public func write(
    _ value: String, characterSet: ElementType.CharacterSet = .utf8, to path: String
  ) throws(HDF5Error) {
    try library.withLock(try write([value], shape: [], characterSet, to: path))
  }

  /// Writes strings as a dataset of one dimension and of variable length.
  ///
  /// - Parameters:
  ///   - values: The strings, at least one.
  ///   - path: The path of the dataset from this group.
  /// - Throws: ``HDF5Error`` if a string contains a zero byte, the path exists, or there is not
  ///   enough memory.
  public func write(_ values: [String], to path: String) throws(HDF5Error) {
    try library.withLock(try write(values, shape: [values.count], .utf8, to: path))
  }

  private func write(
    _ values: [String], shape: [Int], _ characterSet: ElementType.CharacterSet, to path: String
  ) throws(HDF5Error) {
    let attempt = attempt(.write, path)
    let strings = try StringTarget(values, characterSet, attempt)
    let dataset = try createDataset(path, type: strings.type.id, shape: shape)
    try unsafe strings.withPointers { pointers throws(HDF5Error) in
      try unsafe attempt.call(H5Dwrite(dataset.id, strings.type.id, 0, 0, 0, pointers))
    }
  }

  /// Returns where in the file the elements of a dataset are stored.
  ///
  /// The corresponding C functions are `H5Dget_offset` and `H5Dget_storage_size`.
  ///
  /// - Parameter path: The path of the dataset from this group.
  /// - Returns: The byte range in the file; empty if the dataset has no elements.
  /// - Throws: ``HDF5Error`` if there is no such dataset.
  public func place(of path: String) throws(HDF5Error) -> Range<Int> {
    try library.withLock { () throws(HDF5Error) in
      let attempt = attempt(.open, path)
      guard !path.utf8.contains(0) else { throw attempt.failure(.objectNotFound) }
      let dataset = try unsafe Handle(H5Dopen2(handle.id, path, 0), attempt)
      let size = Int(H5Dget_storage_size(dataset.id))
      guard size > 0 else { return 0..<0 }
      guard let offset = Int(exactly: H5Dget_offset(dataset.id)) else { throw attempt.failure() }
      return offset..<offset + size
    }
  }

  // MARK: - Attributes

  /// Writes an attribute of this group.
  ///
  /// Strings are of variable length and null-terminated. An empty list of strings is written as
  /// ``AttributeValue/empty``, as Keras does. The corresponding C functions are `H5Acreate2` and
  /// `H5Awrite`.
  ///
  /// - Parameters:
  ///   - name: The name of the attribute.
  ///   - value: The value of the attribute.
  ///   - characterSet: The encoding that is stored with the type of strings.
  /// - Throws: ``HDF5Error`` if the attribute exists, its value is ``AttributeValue/other(_:)``, or
  ///   a string contains a zero byte or cannot be encoded.
  public func setAttribute(
    _ name: String, _ value: AttributeValue, characterSet: ElementType.CharacterSet = .utf8
  ) throws(HDF5Error) {
    try library.withLock { () throws(HDF5Error) in
      let attempt = Attempt(operation: .writeAttribute, file: nil, object: "\(path)@\(name)")
      guard !name.isEmpty, !name.utf8.contains(0) else {
        throw attempt.failure(.invalidValue("the name is empty or contains a zero byte"))
      }
      let target = AttributeTarget(object: handle.id, name: name, attempt: attempt)
      switch value {
      case .string(let string): try target.write([string], shape: [], characterSet)
      case .strings(let strings) where !strings.isEmpty:
        try target.write(strings, shape: [strings.count], characterSet)
      case .strings, .empty: try target.write([Double](), shape: [0])
      case .int(let value): try target.write([value], shape: [])
      case .ints(let values): try target.write(values, shape: [values.count])
      case .uint(let value): try target.write([value], shape: [])
      case .uints(let values): try target.write(values, shape: [values.count])
      case .double(let value): try target.write([value], shape: [])
      case .doubles(let values): try target.write(values, shape: [values.count])
      case .other(let words):
        throw attempt.failure(.invalidValue("\(words) cannot be written"))
      }
    }
  }

  // MARK: - Implementation

  /// Begins an operation on the object at `path` from this group.
  func attempt(_ operation: HDF5Error.Operation, _ path: String) -> Attempt {
    Attempt(operation: operation, file: nil, object: absolute(path))
  }

  private func absolute(_ path: String) -> String {
    self.path == "/" ? "/\(path)" : "\(self.path)/\(path)"
  }

  private func components(
    of path: String, _ operation: HDF5Error.Operation
  ) throws(HDF5Error) -> [String] {
    let components = path.split(separator: "/").map(String.init)
    guard !components.isEmpty, !path.utf8.contains(0), !components.contains(".") else {
      throw attempt(operation, path).failure(.invalidValue("the path names no object"))
    }
    return components
  }

  /// Opens the group at a path from this group, and creates the groups that do not exist.
  private func group(at components: ArraySlice<String>) throws(HDF5Error) -> GroupWriter {
    var group = unsafe GroupWriter(
      try Handle(H5Gopen2(handle.id, ".", 0), attempt(.open, "")), path: path, file: file)
    for name in components {
      let attempt = group.attempt(.create, name)
      let exists = try unsafe attempt.call(H5Lexists(group.handle.id, name, 0)) > 0
      let handle = try unsafe Handle(
        exists
          ? H5Gopen2(group.handle.id, name, 0)
          : H5Gcreate2(group.handle.id, name, 0, file.groupProperties.id, 0), attempt)
      group = GroupWriter(handle, path: group.absolute(name), file: file)
    }
    return group
  }

  /// Creates a dataset without writing its elements.
  func createDataset(
    _ path: String, type: hid_t, shape: [Int], _ properties: hid_t? = nil
  ) throws(HDF5Error) -> Handle {
    let components = try components(of: path, .write)
    let parent = try group(at: components.dropLast())
    let attempt = attempt(.write, path)
    let space = try Handle(creatingSpace: shape, attempt)
    return try unsafe Handle(
      H5Dcreate2(
        parent.handle.id, components[components.count - 1], type, space.id, 0,
        properties ?? file.datasetProperties.id, 0), attempt)
  }
}
