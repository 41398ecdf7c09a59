import Preconditions
internal import CHDF5

/// A group of a file that is being built.
///
/// A path may have several components; groups on the way that do not exist are created.
public struct GroupWriter: ~Copyable {
  /// The group's identifier.
  ///
  /// Before `file`, so that it is released before the file is.
  private let handle: Handle
  /// The path of the group, from the root.
  public let path: String
  private let file: ImageFile

  init(_ handle: consuming Handle, path: String, file: ImageFile) {
    self.handle = handle
    self.path = path
    self.file = file
  }

  // MARK: - Structure

  /// Creates a group, or opens it if it exists.
  ///
  /// The corresponding C function is `H5Gcreate2`.
  ///
  /// - Parameter path: The path of the group from this one.
  /// - Returns: The group.
  /// - Throws: ``HDF5Error`` if part of the path is a dataset.
  @discardableResult
  public func createGroup(_ path: String) throws(HDF5Error) -> GroupWriter {
    library.lock()
    defer { library.unlock() }
    return try group(at: components(of: path, .create)[...])
  }

  /// Gives an object another name: both lead to the same data, and neither is the first.
  ///
  /// The corresponding C function is `H5Lcreate_hard`.
  ///
  /// - Parameters:
  ///   - path: The path of the object from this group.
  ///   - newPath: The new path from this group.
  /// - Throws: ``HDF5Error`` if there is no such object, or the new path is taken.
  public func hardLink(from path: String, to newPath: String) throws(HDF5Error) {
    library.lock()
    defer { library.unlock() }
    try create(newPath, .link) { parent, name, attempt throws(HDF5Error) in
      guard !path.utf8.contains(0) else { throw attempt.failure(.objectNotFound) }
      try attempt.check(H5Lcreate_hard(handle.id, path, parent, name, 0, 0))
    }
  }

  // MARK: - Datasets

  /// Writes a dataset.
  ///
  /// - Parameters:
  ///   - values: The elements, the last dimension varying fastest.
  ///   - shape: The extents of the dataset; empty for a scalar.
  ///   - path: The path of the dataset from this group.
  /// - Throws: ``HDF5Error`` if the path is taken, or memory runs out.
  /// - Precondition: The product of `shape` is the count of `values`.
  public func write<Element: DatasetElement>(
    _ values: [Element], shape: [Int], to path: String
  ) throws(HDF5Error) {
    try values.withUnsafeBufferPointer { values throws(HDF5Error) in
      try write(values, shape: shape, to: path)
    }
  }

  /// Writes a dataset from memory of the caller's.
  ///
  /// The corresponding C functions are `H5Dcreate2` and `H5Dwrite`.
  ///
  /// - Parameters:
  ///   - values: The elements, the last dimension varying fastest.
  ///   - shape: The extents of the dataset; empty for a scalar.
  ///   - path: The path of the dataset from this group.
  /// - Throws: ``HDF5Error`` if the path is taken, or memory runs out.
  /// - Precondition: The product of `shape` is the count of `values`.
  public func write<Element: DatasetElement>(
    _ values: UnsafeBufferPointer<Element>, shape: [Int], to path: String
  ) throws(HDF5Error) {
    require(
      shape.allSatisfy { $0 >= 0 } && shape.checkedProduct == values.count,
      "`values` must have as many elements as the shape \(shape), but has \(values.count).")
    library.lock()
    defer { library.unlock() }
    let types = NumericTypes(Element.self)
    try createDataset(path, type: types.stored, shape: shape) {
      dataset, attempt throws(HDF5Error) in
      guard let address = values.baseAddress, !values.isEmpty else { return }
      try attempt.check(H5Dwrite(dataset, types.native, 0, 0, 0, address))
    }
  }

  /// Writes one number as a scalar dataset.
  ///
  /// - Parameters:
  ///   - value: The number.
  ///   - path: The path of the dataset from this group.
  /// - Throws: ``HDF5Error`` if the path is taken, or memory runs out.
  public func write<Element: DatasetElement>(
    _ value: Element, to path: String
  ) throws(HDF5Error) {
    try write([value], shape: [], to: path)
  }

  /// Writes one string as a scalar dataset of variable length.
  ///
  /// - Parameters:
  ///   - value: The string.
  ///   - characterSet: The encoding that the file names.
  ///   - path: The path of the dataset from this group.
  /// - Throws: ``HDF5Error`` if the string contains a zero byte or does not keep to the character
  ///   set, the path is taken, or memory runs out.
  public func write(
    _ value: String, characterSet: ElementType.CharacterSet = .utf8, to path: String
  ) throws(HDF5Error) {
    library.lock()
    defer { library.unlock() }
    let attempt = attempt(.write, path)
    let strings = try StringTarget([value], characterSet, attempt)
    let type = strings.type.id
    try createDataset(path, type: type, shape: []) { dataset, attempt throws(HDF5Error) in
      try strings.withPointers { pointers throws(HDF5Error) in
        try attempt.check(H5Dwrite(dataset, type, 0, 0, 0, pointers))
      }
    }
  }

  /// Writes strings as a dataset of one dimension and of variable length.
  ///
  /// - Parameters:
  ///   - values: The strings, at least one.
  ///   - path: The path of the dataset from this group.
  /// - Throws: ``HDF5Error`` if a string contains a zero byte, the path is taken, or memory runs out.
  public func write(_ values: [String], to path: String) throws(HDF5Error) {
    library.lock()
    defer { library.unlock() }
    let strings = try StringTarget(values, .utf8, attempt(.write, path))
    let type = strings.type.id
    try createDataset(path, type: type, shape: [values.count]) {
      dataset, attempt throws(HDF5Error) in
      try strings.withPointers { pointers throws(HDF5Error) in
        try attempt.check(H5Dwrite(dataset, type, 0, 0, 0, pointers))
      }
    }
  }

  /// Where the elements of a dataset are in the file.
  ///
  /// The corresponding C functions are `H5Dget_offset` and `H5Dget_storage_size`.
  ///
  /// - Parameter path: The path of the dataset from this group.
  /// - Returns: The bytes of the file; none if the dataset has no elements.
  /// - Throws: ``HDF5Error`` if there is no such dataset.
  public func place(of path: String) throws(HDF5Error) -> Range<Int> {
    library.lock()
    defer { library.unlock() }
    let attempt = attempt(.open, path)
    guard !path.utf8.contains(0) else { throw attempt.failure(.objectNotFound) }
    let dataset = try Handle(H5Dopen2(handle.id, path, 0), attempt)
    let size = Int(H5Dget_storage_size(dataset.id))
    guard size > 0 else { return 0..<0 }
    guard let offset = Int(exactly: H5Dget_offset(dataset.id)) else { throw attempt.failure() }
    return offset..<offset + size
  }

  // MARK: - Attributes

  /// Writes an attribute of this group.
  ///
  /// Strings are of variable length and null-terminated. An empty list of strings is written as
  /// ``AttributeValue/empty``, the form in which Keras has it. The corresponding C functions are
  /// `H5Acreate2` and `H5Awrite`.
  ///
  /// - Parameters:
  ///   - name: The name of the attribute.
  ///   - value: Its value.
  ///   - characterSet: The encoding that the file names for strings.
  /// - Throws: ``HDF5Error`` if the attribute exists, its value is ``AttributeValue/other(_:)``, or a
  ///   string contains a zero byte or does not keep to the character set.
  public func setAttribute(
    _ name: String, _ value: AttributeValue, characterSet: ElementType.CharacterSet = .utf8
  ) throws(HDF5Error) {
    library.lock()
    defer { library.unlock() }
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

  // MARK: - The steps

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

  private func group(at components: ArraySlice<String>) throws(HDF5Error) -> GroupWriter {
    var group = GroupWriter(
      try Handle(H5Gopen2(handle.id, ".", 0), attempt(.open, "")), path: path, file: file)
    for name in components {
      let attempt = group.attempt(.create, name)
      let exists = H5Lexists(group.handle.id, name, 0)
      try attempt.check(exists)
      let id =
        exists > 0
        ? H5Gopen2(group.handle.id, name, 0)
        : H5Gcreate2(group.handle.id, name, 0, file.groupProperties.id, 0)
      group = GroupWriter(try Handle(id, attempt), path: group.absolute(name), file: file)
    }
    return group
  }

  /// Calls `body` with the group that the object at `path` goes into, and its name there.
  private func create(
    _ path: String, _ operation: HDF5Error.Operation,
    _ body: (hid_t, String, Attempt) throws(HDF5Error) -> Void
  ) throws(HDF5Error) {
    let components = try components(of: path, operation)
    let parent = try group(at: components.dropLast())
    try body(parent.handle.id, components[components.count - 1], attempt(operation, path))
  }

  func createDataset(
    _ path: String, type: hid_t, shape: [Int],
    _ body: (hid_t, Attempt) throws(HDF5Error) -> Void
  ) throws(HDF5Error) {
    try create(path, .write) { parent, name, attempt throws(HDF5Error) in
      let space = try Handle(creatingSpace: shape, attempt)
      let dataset = try Handle(
        H5Dcreate2(parent, name, type, space.id, 0, file.datasetProperties.id, 0), attempt)
      try body(dataset.id, attempt)
    }
  }
}
