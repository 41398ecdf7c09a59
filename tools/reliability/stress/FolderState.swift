import Glibc
import TestSupport

/// The files of a folder, so that many trials can begin from it.
struct FolderState {
  /// The content of each file; names of one file have the same index.
  private(set) var contents: [[UInt8]] = []
  private(set) var names: [String: Int] = [:]

  /// Reads a folder; whatever is not a regular file is left out.
  init(of folder: String) throws {
    var known: [UInt: Int] = [:]
    for name in TestSupport.names(in: folder) {
      var status = stat()
      guard unsafe lstat("\(folder)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFREG
      else {
        continue
      }
      if known[status.st_ino] == nil {
        known[status.st_ino] = contents.count
        contents.append(try readBytes("\(folder)/\(name)"))
      }
      names[name] = known[status.st_ino]
    }
  }

  /// Creates a state from contents and the names they have.
  init(contents: [[UInt8]], names: [String: Int]) {
    self.contents = contents
    self.names = names
  }

  /// Writes the files into a folder, with their hard links.
  func write(to folder: String) throws {
    mkdir(folder, 0o777)
    var first: [Int: String] = [:]
    for (name, index) in names.sorted(by: { $0.key < $1.key }) {
      let path = "\(folder)/\(name)"
      if let first = first[index] {
        guard link(first, path) == 0 else { throw IOError("link \(path)", errno) }
      } else {
        try writeBytes(contents[index], to: path)
        first[index] = path
      }
    }
  }

  /// The content of a file.
  subscript(name: String) -> [UInt8]? { names[name].map { contents[$0] } }

  /// What tells this state from others, if the numbers in the names of temporary files do not
  /// matter, nor who had the lock.
  var key: [String] {
    names.filter { !$0.key.hasSuffix(".lock") }.map { name, index in
      let general = name.contains(".tmp-") ? "temporary" : name
      return "\(general) \(contents[index].count) \(contents[index].hashValue) \(index)"
    }.sorted()
  }
}

extension FolderState {
  /// Which names have which content.
  var contentSet: [String: [UInt8]] {
    names.filter { !$0.key.hasSuffix(".lock") }.mapValues { contents[$0] }
  }
}
