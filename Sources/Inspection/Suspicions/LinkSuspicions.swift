import HDF5

extension ObjectList {
  /// The links that are not followed.
  var linkSuspicions: [Suspicion] {
    objects.compactMap { object in
      guard case .other(let kind) = object.content else { return nil }
      switch kind {
      case .softLink:
        return Suspicion(.softLink, object.path, "is \(kind)", isDangerous: false)
      case .externalLink: return Suspicion(.externalLink, object.path, "is \(kind)")
      case .other: return Suspicion(.externalLink, object.path, "is \(kind)")
      case .unreadable, .unopened: return Suspicion(.unread, object.path, "is \(kind)")
      case .group, .dataset, .namedDatatype: return nil
      }
    }
  }
}
