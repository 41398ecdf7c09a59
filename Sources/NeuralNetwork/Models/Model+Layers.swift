import Preconditions

extension Model {
  /// Finds the layers in the stored properties of the subclass and its superclasses.
  ///
  /// Properties may be layers, optional layers or arrays of layers. A layer in any other container
  /// traps, because it would silently be neither trained nor saved.
  func discoverLayers() -> [Layer] {
    var found: [Layer] = []
    var seen: Set<ObjectIdentifier> = []
    func add(_ layer: Layer, _ property: String) {
      guard seen.insert(ObjectIdentifier(layer)).inserted else { return }
      if !layer.isNamed { layer.name = property }
      found.append(layer)
    }

    for (property, value) in storedProperties {
      switch value {
      case let layer as Layer:
        add(layer, property)
      case let layers as [Layer]:
        for (index, layer) in layers.enumerated() { add(layer, "\(property)_\(index)") }
      default:
        let wrapped = Mirror(reflecting: value)
        if wrapped.displayStyle == .optional, let layer = wrapped.children.first?.value as? Layer {
          add(layer, property)
        } else {
          require(
            !property.hasPrefix("$__lazy_storage_$_") && !holdsLayer(value, depth: 4),
            """
            \(type(of: self)).\(property) may hold a layer that cannot be followed; \
            keep layers in properties, optionals and arrays, not in lazy or other ones
            """)
        }
      }
    }
    return found
  }

  /// The stored properties of subclasses of `Model`, superclass first.
  private var storedProperties: [(String, Any)] {
    var mirrors: [Mirror] = []
    var mirror: Mirror? = Mirror(reflecting: self)
    while let current = mirror, current.subjectType != Model.self {
      mirrors.append(current)
      mirror = current.superclassMirror
    }
    return mirrors.reversed().flatMap { mirror in
      mirror.children.compactMap { child in child.label.map { ($0, child.value) } }
    }
  }

  /// Whether a value contains a layer, up to a few levels deep.
  private func holdsLayer(_ value: Any, depth: Int) -> Bool {
    if value is Layer { return true }
    guard depth > 0 else { return false }
    return Mirror(reflecting: value).children.contains { holdsLayer($0.value, depth: depth - 1) }
  }
}
