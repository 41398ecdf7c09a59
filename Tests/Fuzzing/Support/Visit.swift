import HDF5

/// Reads everything in a file, as far as it says itself that there is anything.
func visit(_ file: borrowing File) {
  var count = 0
  visit(file.root, depth: 8, &count)
}

private func visit(_ group: borrowing Group, depth: Int, _ count: inout Int) {
  visit(attributesOf: group)
  for member in (try? group.members) ?? [] {
    count += 1
    guard depth > 0, count < 200 else { return }
    _ = try? group.contains(member.name)
    switch member.kind {
    case .group:
      if let inner = try? group.group(at: member.name) { visit(inner, depth: depth - 1, &count) }
    case .dataset:
      if let dataset = try? group.dataset(at: member.name) { visit(dataset) }
    default: _ = "\(member.kind)"
    }
  }
}

private func visit(_ dataset: borrowing Dataset) {
  visit(attributesOf: dataset)
  _ = "\(dataset.elementType) \(dataset.layout) \(dataset.filters)"
  for place in (try? dataset.places()) ?? [] { expect(place.lowerBound >= 0, "a negative offset") }
  if let count = dataset.count {
    // Users of the library rely on this.
    if dataset.layout != .virtual, !dataset.isNull, !dataset.shape.contains(0) {
      expect(
        dataset.shape.reduce(1, &*) == count, "\(count) elements of the shape \(dataset.shape)")
    }
    if let elements = try? dataset.read(as: Float.self) {
      expect(elements.count == count, "\(elements.count) elements instead of \(count)")
    }
    if let strings = try? dataset.readStrings() {
      expect(strings.count == count, "\(strings.count) strings instead of \(count)")
    }
  }
  _ = try? dataset.read(as: Int64.self)
  _ = try? dataset.readBytes()
  let slices = dataset.shape.map { Slice(start: $0 / 2, count: ($0 + 1) / 4, stride: 2) }
  _ = try? dataset.read(as: Double.self, slices: slices)
}

private func visit(attributesOf object: borrowing some FileObject & ~Copyable) {
  _ = try? object.address
  _ = try? object.linkCount
  for name in ((try? object.attributeNames) ?? []).prefix(64) { _ = try? object.attribute(name) }
}
