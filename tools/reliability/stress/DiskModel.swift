/// What may be on the disk after the power failed, by what programs may rely on and no more.
///
/// The bytes of a file are on the disk after fsync of the file, and stay there while more are
/// appended; names after fsync of the folder. What was not brought there may be there wholly, in
/// part, or not at all, in any order (Pillai et al., "All File Systems Are Not Created Equal", OSDI
/// 2014).
struct DiskModel {
  private var files: [File]
  /// The names on the disk, and the index of the file of each.
  private var durable: [String: Int]
  /// The names as the program sees them.
  private var names: [String: Int]
  /// The files that are open for writing, by the name they were opened with.
  private var open: [String: Int] = [:]
  /// What was done to names since the last fsync of the folder.
  private var pending: [NameChange] = []

  private struct File {
    var bytes: [UInt8]
    var isDurable: Bool
    /// How many bytes, from the first on, are on the disk as they are.
    var durableCount = 0
    /// How often it was changed.
    var version = 0
  }

  /// Names that appear and disappear in one instant.
  private struct NameChange {
    var added: [String: Int] = [:]
    var removed: [String] = []
  }

  /// What became of the bytes that were not brought to the disk.
  enum Remains: CaseIterable {
    case absent, empty, zeros, half, halfThenZeros, garbage, whole
  }

  /// Begins with what is on the disk.
  init(_ state: FolderState) {
    files = state.contents.map {
      File(bytes: $0, isDurable: true, durableCount: $0.count)
    }
    durable = state.names
    names = state.names
  }

  /// Makes a call of the program.
  ///
  /// - Parameters:
  ///   - call: The call, from the log of faults.c.
  ///   - data: All bytes that the program wrote.
  /// - Returns: Whether that may have changed what is on the disk if the power fails.
  mutating func make(_ call: Call, data: [UInt8]) -> Bool {
    guard call.isDone else { return false }
    switch call.name {
    case "open" where call.detail.hasPrefix("write"):
      if names[call.file] == nil {
        files.append(File(bytes: [], isDurable: false))
        change(NameChange(added: [call.file: files.count - 1]))
      }
      open[call.file] = names[call.file]
      if call.detail.hasSuffix("truncate") { edit(call.file) { $0 = [] } }
    case "write":
      guard let offset = call["offset"], let count = call["count"], let start = call["data"] else {
        return false
      }
      edit(call.file) { bytes in
        bytes += [UInt8](repeating: 0, count: max(0, offset + count - bytes.count))
        bytes.replaceSubrange(offset..<offset + count, with: data[start..<start + count])
      }
    case "fallocate":
      edit(call.file) { bytes in
        bytes += [UInt8](repeating: 0, count: max(0, (call["size"] ?? 0) - bytes.count))
      }
    case "truncate":
      edit(call.file) { bytes in
        let size = call["size"] ?? 0
        bytes = bytes.prefix(size) + [UInt8](repeating: 0, count: max(0, size - bytes.count))
      }
    case "fsync":
      if let index = open[call.file] ?? names[call.file] {
        files[index].isDurable = true
        files[index].durableCount = files[index].bytes.count
      }
    case "link":
      if let index = names[call.file] { change(NameChange(added: [call.detail: index])) }
    case "rename":
      if let index = names[call.file] {
        change(NameChange(added: [call.detail: index], removed: [call.file]))
      }
    case "unlink":
      change(NameChange(removed: [call.file]))
    case "fsync-folder":
      durable = names
      pending = []
    default: return false
    }
    return true
  }

  private mutating func change(_ change: NameChange) {
    Self.apply(change, to: &names)
    pending.append(change)
  }

  private static func apply(_ change: NameChange, to names: inout [String: Int]) {
    for name in change.removed { names[name] = nil }
    names.merge(change.added) { $1 }
  }

  private mutating func edit(_ name: String, _ body: (inout [UInt8]) -> Void) {
    guard let index = open[name] else { return }
    let before = files[index].bytes.prefix(files[index].durableCount)
    body(&files[index].bytes)
    if !files[index].bytes.starts(with: before) { files[index].durableCount = 0 }
    files[index].isDurable = false
    files[index].version += 1
  }

  /// Everything that may be on the disk if the power fails now, but what is known already.
  ///
  /// - Parameter known: What identifies the states that were returned before.
  /// - Returns: The states.
  func newStates(_ known: inout Set<[String]>) -> [FolderState] {
    var states: [FolderState] = []
    for subset in 0..<1 << pending.count {
      var found = durable
      for (index, change) in pending.enumerated() where subset >> index & 1 == 1 {
        Self.apply(change, to: &found)
      }
      let isUncertain = found.values.contains { !files[$0].isDurable }
      for remains in isUncertain ? Remains.allCases : [.whole] {
        // The bytes of most states are never made.
        let key = found.map { name, index in
          let file = files[index]
          return "\(name) \(index) \(file.version) \(file.isDurable ? "" : "\(remains)")"
        }
        if known.insert(key.sorted()).inserted { states.append(state(found, remains)) }
      }
    }
    return states
  }

  private func state(_ names: [String: Int], _ remains: Remains) -> FolderState {
    let names = names.filter {
      remains != .absent || files[$0.value].isDurable || files[$0.value].durableCount > 0
    }
    let contents = files.map { file in
      guard !file.isDurable else { return file.bytes }
      let bytes = file.bytes.dropFirst(file.durableCount)
      let count = bytes.count
      let zeros = [UInt8](repeating: 0, count: count)
      let rest: [UInt8] =
        switch remains {
        case .absent, .empty: []
        case .zeros: zeros
        case .half: Array(bytes.prefix(count / 2))
        case .halfThenZeros: Array(bytes.prefix(count / 2)) + zeros.dropFirst(count / 2)
        case .garbage: (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
        case .whole: Array(bytes)
        }
      return file.bytes.prefix(file.durableCount) + rest
    }
    return FolderState(contents: contents, names: names)
  }
}
