public import HDF5

/// Every object of an HDF5 file with all that can be said of it, by path.
public struct CheckpointContents: Sendable {
  /// Shape, type, storage, attributes and links of each object, by path.
  public private(set) var facts: [String: [String]] = [:]
  /// The elements of each dataset, by path.
  public private(set) var elements: [String: [UInt8]] = [:]

  /// Reads a file.
  ///
  /// - Parameter path: The file.
  /// - Throws: `HDF5Error` if it cannot be read.
  public init(of path: String) throws(HDF5Error) {
    let file = try File.open(path)
    try visit(file.root)
  }

  /// Finds the paths at which two files differ, without what depends on the clock and the machine.
  ///
  /// - Parameter other: The contents of the other file.
  /// - Returns: The paths, sorted.
  public func differences(from other: CheckpointContents) -> [String] {
    Set(facts.keys).union(other.facts.keys).sorted().filter { path in
      !path.hasPrefix("/training_state/environment")
        && (facts[path] != other.facts[path] || elements[path] != other.elements[path])
    }
  }

  private mutating func visit(_ group: borrowing Group) throws(HDF5Error) {
    var facts = ["a group with \(try group.linkCount) links"]
    // Files without a state have the number of their run, which is another one for each.
    for name in try group.attributeNames where group.path != "/" || name != "run_id" {
      guard let value = try group.attribute(name) else { continue }
      facts.append("\(name) = \(value)")
    }
    self.facts[group.path] = facts
    for member in try group.members {
      switch member.kind {
      case .group: try visit(try group.group(at: member.name))
      case .dataset: try visit(try group.dataset(at: member.name))
      default: self.facts["\(group.path)/\(member.name)"] = ["\(member.kind)"]
      }
    }
  }

  private mutating func visit(_ dataset: borrowing Dataset) throws(HDF5Error) {
    var facts = [
      "\(dataset.elementType) of shape \(dataset.shape), \(dataset.layout)",
      "\(try dataset.linkCount) links", "\(dataset.filters)",
    ]
    for name in try dataset.attributeNames {
      guard let value = try dataset.attribute(name) else { continue }
      facts.append("\(name) = \(value)")
    }
    self.facts[dataset.path] = facts
    // Elements are compared as bytes: a NaN is equal to itself, and 0 is not equal to -0.
    elements[dataset.path] =
      switch dataset.elementType {
      case .float32: bytes(of: try dataset.read(as: Float.self))
      case .float64: bytes(of: try dataset.read(as: Double.self))
      case .integer(_, signed: true, _): bytes(of: try dataset.read(as: Int64.self))
      case .integer: bytes(of: try dataset.read(as: UInt64.self))
      default: try dataset.readStrings().flatMap { Array($0.utf8) + [0] }
      }
  }
}

/// The bytes of numbers as they lie in memory.
private func bytes<Number: BitwiseCopyable>(of numbers: [Number]) -> [UInt8] {
  unsafe numbers.withUnsafeBytes { unsafe Array($0) }
}
