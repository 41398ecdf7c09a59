import Glibc

/// The names in a folder, in order.
///
/// - Parameter folder: The path of the folder.
/// - Returns: The names without `.` and `..`; none if the folder cannot be read.
public func names(in folder: String) -> [String] {
  entries(of: Array(folder.utf8CString)).map { string($0.name) }.sorted()
}

/// The paths of all files below a folder, relative to it, in order.
///
/// - Parameter folder: The path of the folder.
/// - Returns: The paths, without those of folders; symbolic links count as files.
public func files(below folder: String) -> [String] {
  func visit(_ prefix: String) -> [String] {
    entries(of: Array("\(folder)/\(prefix)".utf8CString)).flatMap { entry in
      let path = prefix + string(entry.name)
      return entry.isFolder ? visit("\(path)/") : [path]
    }
  }
  return visit("").sorted()
}

/// Removes a folder with all that is in it.
///
/// - Parameter path: The path of the folder; what cannot be removed stays.
public func removeTree(_ path: String) { removeTree(Array(path.utf8CString)) }

/// Paths are bytes here, because names do not have to be UTF-8.
private func removeTree(_ path: [CChar]) {
  for entry in entries(of: path) {
    let member = path.dropLast() + [CChar(UInt8(ascii: "/"))] + entry.name
    // Symbolic links are removed, not followed.
    if entry.isFolder { removeTree(Array(member)) } else { unsafe unlink(Array(member)) }
  }
  unsafe rmdir(path)
}

/// The members of a folder, whose names end with a null byte.
private func entries(of folder: [CChar]) -> [(name: [CChar], isFolder: Bool)] {
  guard let stream = unsafe opendir(folder) else { return [] }
  defer { unsafe closedir(stream) }
  var entries: [(name: [CChar], isFolder: Bool)] = []
  while let entry = unsafe readdir(stream) {
    let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
      unsafe bytes.prefix { $0 != 0 }.map { CChar(bitPattern: $0) } + [0]
    }
    unsafe entries.append((name, Int32(entry.pointee.d_type) == Int32(DT_DIR)))
  }
  return entries.filter { ![".", ".."].contains(string($0.name)) }
}

private func string(_ name: [CChar]) -> String {
  String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
}
