import Files
internal import Glibc

/// The names that libhdf5 passes to a callback while it iterates over the members of a group or the
/// attributes of an object.
struct NameList {
  /// One name.
  ///
  /// In a file it may consist of any bytes.
  struct Name {
    /// The name, or its first ``Limits/nameBytes`` bytes.
    let text: String
    /// Whether the name is longer than that.
    let isCut: Bool
  }

  private var names: [Name] = []
  /// Whether there were more names than the limit.
  private var isFull = false
  private let limit: Int

  private init(limit: Int) {
    self.limit = limit
  }

  /// Collects the names of an iteration.
  ///
  /// - Parameters:
  ///   - kind: What the names belong to, for the error: "members" or "attributes".
  ///   - limit: The maximum number of names.
  ///   - attempt: The operation that the iteration is part of.
  ///   - iterate: Starts the iteration. Its callback must pass each name, and the pointer that
  ///     `iterate` is called with, to ``append(_:to:)``.
  /// - Returns: The names in the order of the iteration.
  /// - Throws: ``HDF5Error`` if there are more names than the limit, or libhdf5 fails.
  static func collect(
    _ kind: String, limit: Int, _ attempt: Attempt,
    _ iterate: (UnsafeMutableRawPointer) -> Int32
  ) throws(HDF5Error) -> [Name] {
    var list = NameList(limit: limit)
    let status = unsafe withUnsafeMutablePointer(to: &list) {
      unsafe iterate(UnsafeMutableRawPointer($0))
    }
    guard !list.isFull else {
      throw attempt.failure(.tooLarge("more \(kind) than the limit of \(limit)"))
    }
    try attempt.call(status)
    return list.names
  }

  /// Adds a name to the list at `list`.
  ///
  /// - Returns: The result of libhdf5's callback: 0 to continue, 1 to stop, -1 for an error.
  static func append(
    _ name: UnsafePointer<CChar>?, to list: UnsafeMutableRawPointer?
  ) -> Int32 {
    unsafe list?.assumingMemoryBound(to: NameList.self).pointee.append(name) ?? -1
  }

  private mutating func append(_ name: UnsafePointer<CChar>?) -> Int32 {
    guard let name = unsafe name else { return 0 }
    guard names.count < limit else {
      isFull = true
      return 1
    }
    let length = unsafe strnlen(name, Limits.nameBytes + 1)
    let bytes = unsafe UnsafeRawBufferPointer(start: name, count: min(length, Limits.nameBytes))
    unsafe names.append(Name(text: PathText.text(of: bytes), isCut: length > Limits.nameBytes))
    return 0
  }
}
