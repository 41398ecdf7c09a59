import Files
import Glibc

/// All files of a folder and of those below it, in the order of the bytes of their names.
///
/// Symbolic links to files are followed, those to folders are not, so that no loop of links can
/// occur. Hidden files and folders are left out.
final class FolderSearch: InputSource {
  private let root: String

  /// The rest of the entries of each folder on the way, with its path below the root.
  private var folders: [(path: String, rest: ArraySlice<FolderEntry>)] = []

  private var isStarted = false
  private var isEmpty = true

  /// Starts a search; nothing is read yet.
  ///
  /// - Parameter root: The path of the folder.
  init(_ root: String) {
    var root = root
    while root.hasSuffix("/"), root.count > 1 { root.removeLast() }
    self.root = root
  }

  func next() -> InputStep? {
    if !isStarted {
      isStarted = true
      if let failure = enter("", followsLink: true) { return .picture(failure) }
    }
    while let folder = folders.last {
      guard let entry = folder.rest.first else {
        folders.removeLast()
        continue
      }
      folders[folders.count - 1].rest.removeFirst()
      if entry.name.hasPrefix(".") { continue }
      let path = folder.path + entry.name
      switch entry.kind {
      case .folder:
        if let failure = enter(path + "/", followsLink: false) { return .picture(failure) }
      case .file: return .picture(input(path))
      case .link where isFile(path): return .picture(input(path))
      case .link, .other: return .picture(PictureInput(whole(path), .noFile, relativePath: path))
      }
    }
    guard isEmpty else { return nil }
    isEmpty = false
    return .picture(failure("", .emptyFolder))
  }

  /// Whether a name ends as those of pictures do.
  static func isNamedAsPicture(_ name: String) -> Bool {
    let name = name.suffix(5).lowercased()
    return [".png", ".jpg", ".jpeg"].contains { name.hasSuffix($0) }
  }

  private func input(_ path: String) -> PictureInput {
    isEmpty = false
    return PictureInput(whole(path), .file(whole(path)), relativePath: path)
  }

  private func isFile(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(whole(path), &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// Lists a folder, or returns its failure.
  private func enter(_ path: String, followsLink: Bool) -> PictureInput? {
    do throws(FileError) {
      let entries = try FolderEntry.list(
        path.isEmpty ? root : whole(String(path.dropLast())), followsLink: followsLink)
      folders.append((path, entries[...]))
      return nil
    } catch {
      isEmpty = false
      return failure(path, .unreadable("\(error)"))
    }
  }

  private func failure(_ path: String, _ problem: InputProblem) -> PictureInput {
    let name = path.isEmpty ? root : whole(String(path.dropLast()))
    return PictureInput(name, .missing(.input(path: name, problem)))
  }

  private func whole(_ path: String) -> String { root == "/" ? "/\(path)" : "\(root)/\(path)" }
}
