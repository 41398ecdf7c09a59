import Glibc

/// Notes which files of a folder are opened, and whether it is itself.
public final class OpenWatch {
  private let descriptor: Int32

  /// Watches a folder from now on.
  ///
  /// - Parameter folder: The path of the folder.
  /// - Throws: ``IOError`` if the system cannot watch it.
  public init(_ folder: String) throws {
    descriptor = inotify_init1(Int32(IN_NONBLOCK))
    // Reads and closes come between, as equal events that follow each other are told once.
    guard descriptor >= 0,
      unsafe inotify_add_watch(descriptor, folder, UInt32(IN_OPEN | IN_ACCESS | IN_CLOSE)) >= 0
    else { throw IOError("watch \(folder)", errno) }
  }

  deinit { close(descriptor) }

  /// The files that have been opened since the last call.
  ///
  /// - Returns: Their names, once for each time; "" for the folder.
  public func opened() -> [String] {
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    let count = unsafe read(descriptor, &buffer, buffer.count)
    var names: [String] = []
    var start = 0
    // Each event: the watch, what happened, a number and the length of the name that follows.
    func number(_ offset: Int) -> Int {
      buffer[start + offset..<start + offset + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    while start + 16 <= count {
      let end = start + 16 + number(12)
      if number(4) & Int(IN_OPEN) != 0 {
        let name = buffer[start + 16..<end].prefix { $0 != 0 }
        names.append(String(decoding: name, as: UTF8.self))
      }
      start = end
    }
    return names
  }
}
