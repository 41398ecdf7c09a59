/// Reads arrays with the names of Keras's data sets.
struct ArrayReader: DataReader {
  var path: String { file.path }
  let outline: DataOutline
  private let file: any ArrayFile

  init(_ file: any ArrayFile, form: DataOutline.Form) throws(DatasetError) {
    self.file = file
    var counts: [DataPart: Int] = [:]
    var first: (extents: ImageExtents, kind: NumberArray.Kind)?
    for part in DataPart.allCases {
      let (images, labels) = ArrayNames.of(part)
      let names = [images, labels].filter { file.names.contains($0) }
      guard names.count == 2 else {
        if part != .train, names.isEmpty { continue }
        let missing = names == [images] ? labels : images
        let others = file.names.prefix(8).map { "'\($0)'" }.joined(separator: ", ")
        throw .damaged(
          path: file.path,
          reason: "it has no array '\(missing)'" + (others.isEmpty ? "" : ", only \(others)"))
      }
      let (shape, kind) = try file.outline(of: images)
      let extents = try ImageExtents(shape, path: file.path, name: images)
      counts[part] = extents.count
      if first == nil { first = (extents, kind) }
    }
    guard let (extents, kind) = first else { throw .invalidArgument("There are no arrays") }
    outline = DataOutline(
      form: form, counts: counts, height: extents.height, width: extents.width,
      channels: extents.channels, isFloat: kind == .floats, isOnDemand: false,
      classNames: try file.classNames())
  }

  func load(
    _ part: DataPart, progress: @escaping @Sendable (Int) -> Bool
  ) throws(DatasetError) -> LoadedPart {
    let names = ArrayNames.of(part)
    let classes = try file.array(names.labels).classes(path: path, name: names.labels)
    let images = try file.array(names.images).images(classes, path: path, name: names.images)
    guard progress(images.count) else { throw .stopped }
    if let count = outline.classNames?.count,
      let index = images.classes.firstIndex(where: { $0 >= count })
    {
      throw .damaged(
        path: path,
        reason: "label \(index) of '\(names.labels)', counted from 0, is \(images.classes[index]), "
          + "but '\(ArrayNames.classNames)' has \(count) names")
    }
    let named = part == .train ? outline.classNames : nil
    return LoadedPart(
      images: images,
      records: (named.map { [DataDigest.record(namesOf: $0)] } ?? []) + [
        DataDigest.record(names.images, pixelsOf: images),
        DataDigest.record(names.labels, classesOf: images),
      ])
  }
}
