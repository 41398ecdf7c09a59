import Files
internal import Glibc

/// The names that libhdf5 hands out one by one while it goes through a group or the attributes of
/// an object.
struct NameList {
  /// One name, which a file may fill with any bytes.
  struct Name {
    /// The name, as far as it is looked at.
    let text: String
    /// Whether the name is longer than that.
    let isCut: Bool
  }

  /// The names so far.
  private(set) var names: [Name] = []
  /// Whether there were more than the limit.
  private(set) var isFull = false
  private let limit: Int

  init(limit: Int) {
    self.limit = limit
  }

  /// Adds a name.
  ///
  /// - Returns: What the iteration wants to hear: 0 to go on, 1 to stop.
  mutating func append(_ name: UnsafePointer<CChar>?) -> Int32 {
    guard let name else { return 0 }
    guard names.count < limit else {
      isFull = true
      return 1
    }
    let length = strnlen(name, Limits.nameBytes + 1)
    let bytes = UnsafeRawBufferPointer(start: name, count: min(length, Limits.nameBytes))
    names.append(Name(text: PathText.text(of: bytes), isCut: length > Limits.nameBytes))
    return 0
  }
}
