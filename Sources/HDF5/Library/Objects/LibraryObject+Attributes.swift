internal import CHDF5
import Files

extension LibraryObject {
  /// The names of the attributes, ordered by their bytes.
  func attributeNames() throws(HDF5Error) -> [String] {
    let id = handle.id
    return try unsafe NameList.collect("attributes", limit: Limits.attributes, attempt(.list)) {
      list in
      unsafe H5Aiterate2(
        id, H5_INDEX_NAME, H5_ITER_INC, nil, { unsafe NameList.append($1, to: $3) }, unsafe list)
    }.map(\.text)
  }

  /// Reads the attribute `name`; nil if there is none.
  func attribute(_ name: String) throws(HDF5Error) -> AttributeValue? {
    let attempt = file.attempt(.readAttribute, "\(path)@\(name)")
    guard !name.isEmpty, !name.utf8.contains(0) else { return nil }
    guard try unsafe attempt.call(name.withFileName { unsafe H5Aexists(handle.id, $0) }) > 0 else {
      return nil
    }
    let attribute = try unsafe Handle(
      name.withFileName { unsafe H5Aopen(handle.id, $0, 0) }, attempt)
    let type = try Handle(H5Aget_type(attribute.id), attempt)
    let space = try Handle(H5Aget_space(attribute.id), attempt)
    let extent = try Extent(of: space.id, attempt)
    let elementType = ElementType(describing: type.id)
    guard !extent.isNull else { return .other("no value (\(elementType))") }
    guard
      let count = extent.count,
      let bytes = [count, H5Tget_size(type.id)].checkedProduct, bytes <= Limits.attributeBytes
    else {
      throw attempt.failure(
        .tooLarge(
          "\(elementType) of shape \(extent.shape), "
            + "the limit is \(Limits.attributeBytes >> 20) MiB"))
    }
    guard extent.shape.count <= 1 else { return .other("\(elementType) of shape \(extent.shape)") }

    let id = attribute.id
    let isScalar = extent.shape.isEmpty
    switch elementType {
    case .fixedString, .variableString:
      guard count > 0 else { return .strings([]) }
      let source = StringSource(
        elementType: elementType, count: count, isStored: true,
        byteLimit: Limits.attributeStringBytes, type: type.id, space: space.id)
      let strings = try unsafe source.read(attempt) { unsafe H5Aread(id, $0, $1) }
      return isScalar ? .string(strings[0]) : .strings(strings)
    case .integer(_, signed: true, _):
      let values = try numbers(Int64.self, count: count, of: id, attempt)
      return isScalar ? .int(values[0]) : .ints(values)
    case .integer:
      let values = try numbers(UInt64.self, count: count, of: id, attempt)
      return isScalar ? .uint(values[0]) : .uints(values)
    case .float16, .bfloat16, .float32, .float64:
      if count == 0, case .float64 = elementType { return .empty }
      let values = try numbers(Double.self, count: count, of: id, attempt)
      return isScalar ? .double(values[0]) : .doubles(values)
    case .enumeration:
      let values = try numbers(Int64.self, count: count, of: id, attempt)
      return isScalar ? .int(values[0]) : .ints(values)
    case .opaque, .other:
      return .other(isScalar ? "\(elementType)" : "\(elementType) of shape \(extent.shape)")
    }
  }

  private func numbers<Element: DatasetElement>(
    _ type: Element.Type, count: Int, of attribute: hid_t, _ attempt: Attempt
  ) throws(HDF5Error) -> [Element] {
    guard count > 0 else { return [] }
    return try unsafe [Element](count: count) { buffer throws(HDF5Error) in
      try unsafe attempt.call(H5Aread(attribute, NumericTypes(type).native, buffer.baseAddress))
    }
  }
}
