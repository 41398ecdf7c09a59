import HDF5

extension ObjectList {
  /// Datasets larger than what is stored by more than this factor are suspicious; deflate expands
  /// by less than 1,032, but no weights by a hundredth of that.
  private static let expansion = 1000.0

  /// The bytes that all datasets may declare without storing them.
  private static let allowance = Double(1 << 20)

  /// Storage outside of the file or without content, and filters that Keras does not use.
  var storageSuspicions: [Suspicion] {
    var found: [Suspicion] = []
    var (declared, stored) = (0.0, 0.0)
    for object in objects {
      guard case .dataset(let dataset) = object.content else { continue }
      switch dataset.layout {
      case .external:
        found.append(Suspicion(.externalStorage, object.path, "is stored in another file"))
      case .virtual:
        found.append(
          Suspicion(.virtualDataset, object.path, "is virtual, put together from other datasets"))
      default: break
      }
      // At least: an element has a byte or more.
      let count = (dataset.shape ?? []).reduce(1) { $0 * Double($1) }
      if count > Self.expansion * Double(dataset.storageSize) + Self.allowance {
        found.append(
          Suspicion(
            .shapeBomb, object.path,
            "declares the shape \(dataset.shape ?? []) and stores \(dataset.storageSize) bytes"))
      } else {
        declared += count
        stored += Double(dataset.storageSize)
      }
      found += dataset.filters.compactMap { $0.suspicion(at: object.path) }
    }
    if declared > Self.expansion * stored + 64 * Self.allowance {
      found.append(
        Suspicion(
          .shapeBomb, "/",
          "all datasets together declare \(declared) elements and store "
            + "\(stored) bytes"))
    }
    return found
  }
}

extension Filter {
  /// The numbers of deflate, shuffle and fletcher32.
  private static let usual = 1...3

  /// The numbers below this one belong to libhdf5 itself; others are plug-ins.
  private static let plugIns = 256

  /// LZF, which is a part of h5py.
  private static let lzf = 32000

  fileprivate func suspicion(at path: String) -> Suspicion? {
    guard !Self.usual.contains(identifier) else { return nil }
    let isPlugIn = identifier >= Self.plugIns && identifier != Self.lzf
    return Suspicion(
      .filter, path,
      "has the filter '\(name)'" + (isPlugIn ? ", for which libhdf5 loads a plug-in" : ""),
      isDangerous: isPlugIn)
  }
}
